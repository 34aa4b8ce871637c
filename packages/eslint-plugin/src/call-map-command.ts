#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { runCallMap } from './run-call-map.ts'

// A run over some hundred files ends before code of the last compiler pays for its making (default 3,000 calls).
setFlagsFromString('--invocation-count-for-turbofan=20000')

process.exitCode = runCallMap(process.argv.slice(2))
