import { readFileSync } from 'node:fs'
import { isHoldfastError, standardPolicy } from '@holdfast/core'
import { createTestClock, createTestRandom, recordEvents } from '@holdfast/core/testing'
import MockAdapter from 'axios-mock-adapter'
import { delay, http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CLIENTS, VERSIONS, type Client } from './axios-versions.ts'
import { failure, until } from './support.ts'

const production = standardPolicy({ name: 'shop' })
const ITEMS = 'http://shop.test/items'

/** The instance of the program, with a fork on a virtual clock in the place of its policy. */
const virtual = (client: Client) => {
  const clock = createTestClock()
  const policy = production.fork({ clock, random: createTestRandom(1) })
  const api = client.attached({}, production)
  client.attach(api, policy)
  onTestFinished(() => {
    policy.close()
  })
  return { clock, policy, api }
}

const listen = (...handlers: Parameters<typeof setupServer>): void => {
  const server = setupServer(...handlers)
  server.listen({ onUnhandledRequest: 'error' })
  onTestFinished(() => {
    server.close()
  })
}

describe.each(VERSIONS)('a virtual clock and axios-mock-adapter on $label', (client) => {
  it('runs through backoff and Retry-After at once', async () => {
    const { clock, policy, api } = virtual(client)
    const mock = new MockAdapter(api as never)
    mock.onGet('/items').replyOnce(503).onGet('/items').replyOnce(429, '', { 'Retry-After': '7' })
    mock.onGet('/items').reply(200, { value: 1 })
    const retries = recordEvents(policy, 'retry-scheduled')
    const startedMs = performance.now()
    expect((await clock.run(api.get<unknown>('/items'))).data).toEqual({ value: 1 })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect(clock.now()).toBeGreaterThanOrEqual(7_000)
    expect(retries.map(({ reason }) => reason)).toEqual(['http-503', 'http-429'])
    expect(mock.history['get']).toHaveLength(3)
  })

  it('ends a call that nobody answers by its time limits', async () => {
    const { clock, api } = virtual(client)
    new MockAdapter(api as never).onGet('/items').reply(() => new Promise(() => undefined))
    // The mock does not listen to its signal; the policy gives an attempt it has aborted one second to end.
    const error = await clock.run(failure(api.get('/items')))
    expect([error.code, clock.now()]).toEqual(['ETIMEDOUT', 31_000])
  })
})

describe.each(CLIENTS)('a virtual clock and msw on $label', (client) => {
  it('moves on by each wait the policy announces', async () => {
    const { clock, policy, api } = virtual(client)
    const answers = [503, 429, 200]
    listen(
      http.get(ITEMS, () => {
        const status = answers.shift() ?? 500
        return HttpResponse.json({ status }, { status, headers: status === 429 ? { 'Retry-After': '7' } : {} })
      }),
    )
    policy.on('retry-scheduled', ({ delayMs }) => void clock.advance(delayMs))
    const startedMs = performance.now()
    expect((await api.get<unknown>(ITEMS)).data).toEqual({ status: 200 })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect(clock.now()).toBeGreaterThanOrEqual(7_000)
  })

  it('reaches a time limit when the test says so', async () => {
    const { clock, api } = virtual(client)
    let hits = 0
    listen(
      http.get(ITEMS, async () => {
        hits += 1
        await delay('infinite')
      }),
    )
    const call = failure(api.get(ITEMS, { resilience: { retry: false } }))
    await until(() => hits === 1)
    await clock.advance(10_000)
    const error = await call
    expect([error.code, isHoldfastError(error.cause) && error.cause.code]).toEqual(['ETIMEDOUT', 'attempt-timeout'])
  })
})

describe('the guide', () => {
  it('shows the examples that guide-example.loopback.test.ts runs', () => {
    const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
    const blocks = Array.from(
      read('../../../docs/guides/axios.md').matchAll(/^```ts.*\n([^]*?)^```$/gm),
      ([, code]) => code,
    )
    const tests = blocks.filter((code) => code?.includes('test('))
    expect(tests.join('\n')).toBe(read('guide-example.loopback.test.ts'))
  })
})
