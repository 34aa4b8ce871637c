import { processTests } from './host/runtime-tests.ts'

processTests('Node 24', 'node')
