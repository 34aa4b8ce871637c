import { processTests } from './host/runtime-tests.ts'

processTests('Node 22', 'node')
processTests('Node 26', 'node')
