/** The cases with a client that has no policy under it: what they prove, they must refuse here (case 103). */
import process from 'node:process'
import type { ClientKind } from './client.ts'
import { runCases } from './run-cases.ts'
import { sendCases } from './send-cases.ts'

const stockFetch: ClientKind = {
  name: 'fetch',
  timeoutCodes: { deadline: 'deadline-exceeded', attempt: 'attempt-timeout' },
  abortsWith: 'reason',
  make: () => ({
    async send(url, { resilience: _unknown, ...init } = {}) {
      const response = await fetch(url, init)
      return { status: response.status, text: await response.text() }
    },
  }),
}

process.on('unhandledRejection', () => undefined)
const [, , controlUrl = ''] = process.argv
const options = { runtime: 'node', controlUrl, longestCaseMs: 2_000 } as const
const results = await runCases(sendCases(stockFetch), options, 8, () => undefined)
process.stdout.write(`${JSON.stringify(results)}\n`)
// Requests that nobody ends are still under way.
process.exit(0)
