/**
 * The program a server-side runtime runs: all cases, one line of JSON each, then the whole report.
 *
 *   <runtime> process.js <runtime name> <control URL> [part of the names to run]
 *
 * It never calls `process.exit`: that it ends is part of the test (case 90).
 */
import { Agent } from 'node:http'
import process from 'node:process'
import axios from 'axios'
import { allCases } from './all-cases.ts'
import type { RuntimeName } from './case.ts'
import { runCases } from './run-cases.ts'

const [, , name = '', controlUrl = '', part = ''] = process.argv
const runtime = name as RuntimeName
// node:http of Deno sends a request again whose reused connection breaks or is given up, and waits for that for ever.
if (runtime === 'deno') axios.defaults.httpAgent = new Agent({ keepAlive: false })
const unhandled: string[] = []
process.on('unhandledRejection', (reason) => {
  unhandled.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason))
})
const results = await runCases(
  allCases(runtime).filter((one) => one.name.includes(part)),
  { runtime, controlUrl },
  4,
  () => undefined,
)
// A rejection is reported after its turn.
await new Promise((resolve) => setTimeout(resolve, 50))
process.stdout.write(`${JSON.stringify({ runtime, results, unhandled })}\n`)
