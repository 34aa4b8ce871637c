#!/usr/bin/env node
import module from 'node:module'
import process from 'node:process'
import { nodeProblem } from './node-version.ts'

const problem = nodeProblem(process.version)
if (problem === undefined) {
  // Saves a sixth of a short run: a scan after an edit, a list of letters. NODE_DISABLE_COMPILE_CACHE turns it off.
  module.enableCompileCache()
  // Only now: an older Node.js cannot load it.
  const { run } = await import('./program.ts')
  process.exitCode = await run(process.argv.slice(2))
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 3
}
