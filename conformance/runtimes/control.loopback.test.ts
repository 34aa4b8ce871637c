import path from 'node:path'
import { expect, test } from 'vitest'
import type { CaseResult } from './cases/case.ts'
import { bundle } from './host/bundle.ts'
import { runProgram } from './host/child-process.ts'
import { startScenarioServer } from './host/scenario-server.ts'

// What holds for `fetch` itself, so that a policy must not spoil it.
const NEUTRAL = [
  'fetch: a 404 is an answer: one request',
  'fetch: 48 `resilience: false` sends without the policy',
  'fetch: 97 a Retry-After beyond the deadline ends the call at once, with the answer',
  'fetch: 37 an abort in flight ends the call at once and is never retried',
  'fetch: 78 an aborted signal sends nothing',
]

test('103 a client without a policy fails the cases that a policy is for', async () => {
  const server = await startScenarioServer()
  try {
    const program = await bundle(path.join(import.meta.dirname, 'cases/control-process.ts'), 'process', 'control')
    const { code, stdout, stderr } = await runProgram('Node 24', program, [server.controlUrl])
    expect(code, stderr).toBe(0)
    const results = JSON.parse(stdout) as readonly CaseResult[]
    expect(results.length).toBeGreaterThan(25)
    const holds = results.filter(({ failure }) => failure === undefined).map(({ name }) => name)
    expect(holds.toSorted()).toEqual(NEUTRAL.toSorted())
  } finally {
    await server.close()
  }
})
