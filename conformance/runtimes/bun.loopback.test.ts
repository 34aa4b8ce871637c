import { processTests } from './host/runtime-tests.ts'

processTests('Bun', 'bun')
