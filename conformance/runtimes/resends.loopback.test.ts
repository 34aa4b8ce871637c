import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createFaultServer, stall, text } from '@holdfast/fault-server'
import { describe, expect, test } from 'vitest'
import { bundle } from './host/bundle.ts'
import { runProgram } from './host/child-process.ts'
import { RESENDS, resendRows } from './host/expected-resends.ts'
import { probeResends } from './host/resends.ts'

const program = (name: string): Promise<string> =>
  bundle(path.join(import.meta.dirname, `cases/${name}.ts`), 'process', name)

describe('what a runtime sends again by itself, without Holdfast', () => {
  test.each(['Node 24', 'Bun', 'Deno'] as const)('fetch of %s', async (runtime) => {
    const entry = await program('resend-process')
    const seen = await probeResends(async (probes) => {
      const { code, stderr } = await runProgram(runtime, entry, [JSON.stringify(probes)])
      expect(code, stderr).toBe(0)
    })
    expect(seen).toEqual(RESENDS[runtime])
  })

  test.each([
    ['Node 24', 1],
    ['Bun', 1],
    ['Deno', 2],
  ] as const)(
    'node:http of %s: an aborted request on a reused connection is on the wire %d times',
    async (runtime, times) => {
      const server = await createFaultServer({ routes: { 'GET /warm': text('ok'), 'GET /stall': stall() } })
      const { code, stderr } = await runProgram(runtime, await program('abort-process'), [server.url])
      expect(code, stderr).toBe(0)
      expect(server.journal.count(({ path: asked }) => asked === '/stall')).toBe(times)
      await server.close()
    },
  )

  test('the guide shows the same table', () => {
    const guide = readFileSync(new URL('../../docs/guides/fetch.md', import.meta.url), 'utf8')
    const rows = guide.split('\n').map((line) => line.replace(/ *[|] */g, '|').replace(/^[|]|[|]$/g, ''))
    expect(rows).toEqual(expect.arrayContaining(['method|Node 24|Bun|Deno|Chromium', ...resendRows()]))
  })
})
