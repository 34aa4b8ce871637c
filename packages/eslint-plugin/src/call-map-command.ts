#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

enableCompileCache()
// Only now, so that its code is kept.
const { runCallMap } = await import('./run-call-map.ts')
process.exitCode = runCallMap(process.argv.slice(2))
