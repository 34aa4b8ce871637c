import { readFileSync } from 'node:fs'
import { createFaultServer, json, reset, respond, stall, type Answer } from '@holdfast/fault-server'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import { priceClient } from '../../docs/snippets/a-complete-external-call.ts'

const ITEMS = [{ sku: 'a', cents: 300 }]
const good = json({ items: ITEMS }, { headers: { 'cache-control': 'max-age=0' } })

interface Line {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

const setUp = async (script: readonly Answer[]) => {
  const server = await createFaultServer({ script })
  const lines: Line[] = []
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) })
  const client = priceClient(server.url, log)
  onTestFinished(async () => {
    client.policy.close()
    await server.close()
  })
  return { server, lines, ...client }
}

it('a blip is retried, and nobody notices', async () => {
  const { server, lines, prices } = await setUp([reset(), respond(503), good])
  expect(await prices()).toEqual({ items: ITEMS })
  expect([server.journal.count(), lines]).toEqual([3, []])
})

it('without a copy the default answers, marked, with one line that says why', async () => {
  const { server, lines, prices } = await setUp([respond(500)])
  expect(await prices()).toEqual({ items: [], asOf: 'the default' })
  expect(server.journal.count()).toBe(3)
  expect(lines).toHaveLength(1)
  const message = 'service-unavailable: prices getPrices cannot serve requests now'
  expect(lines[0]).toMatchObject({ 'holdfast.operation': 'getPrices', msg: message })
})

it('after a good answer an outage is answered from the copy, marked, until the breaker is open and beyond', async () => {
  const { server, lines, prices, policy } = await setUp([good, respond(503)])
  await prices()
  await vi.waitFor(async () => {
    expect(await prices()).toEqual({ items: ITEMS, asOf: 'a stored copy' })
  })
  expect(lines.at(-1)).toMatchObject({
    'holdfast.operation': 'getPrices',
    reason: 'http-503',
    msg: 'prices from a stored copy',
  })
  policy.forceOpen('outage')
  const before = server.journal.count()
  expect(await prices()).toEqual({ items: ITEMS, asOf: 'a stored copy' })
  expect(server.journal.count()).toBe(before)
  expect(lines.filter(({ msg }) => msg.includes('circuit'))).toHaveLength(1)
  expect(lines.at(-1)).toMatchObject({ reason: 'circuit-open' })
})

it('silence ends at the deadline, and a 4xx is hidden by nothing', async () => {
  const silent = await setUp([stall()])
  const startedMs = performance.now()
  expect(await silent.prices()).toEqual({ items: [], asOf: 'the default' })
  expect(performance.now() - startedMs).toBeLessThan(3_500)
  const { prices, lines } = await setUp([good, respond(404)])
  await prices()
  await expect(prices()).rejects.toMatchObject({ code: 'not-found' })
  expect(lines).toEqual([])
})

it('the guide shows the code as it is run', () => {
  const docs = new URL('../../docs/', import.meta.url)
  const code = readFileSync(new URL('snippets/a-complete-external-call.ts', docs), 'utf8')
  expect(readFileSync(new URL('guides/a-complete-external-call.md', docs), 'utf8')).toContain(`\`\`\`ts\n${code}\`\`\``)
})
