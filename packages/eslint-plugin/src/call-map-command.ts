#!/usr/bin/env node
import { runCallMap } from './run-call-map.ts'

process.exitCode = runCallMap(process.argv.slice(2))
