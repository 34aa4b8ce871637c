import { processTests } from './host/runtime-tests.ts'

processTests('Deno', 'deno')
