#!/usr/bin/env node
import process from 'node:process'
import { nodeProblem } from './node-version.ts'

const problem = nodeProblem(process.version)
if (problem === undefined) {
  // Only now: an older Node.js cannot load it.
  const { run } = await import('./program.ts')
  process.exitCode = await run(process.argv.slice(2))
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 3
}
