import { json, reset, respond } from '@holdfast/fault-server'
import { http, HttpResponse, passthrough } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CLIENTS } from './axios-versions.ts'
import { failure, quickPolicy, serve } from './support.ts'

type Handlers = Parameters<typeof setupServer>

const ITEMS = 'http://shop.test/items'

/** msw in front of this process, until the test ends. */
const mock = (...handlers: Handlers): void => {
  const server = setupServer(...handlers)
  server.listen({ onUnhandledRequest: 'bypass' })
  onTestFinished(() => {
    server.close()
  })
}

describe.each(CLIENTS)('msw on $label', (client) => {
  it('case 19: every attempt asks the handlers, whether msw starts before attach or after it', async () => {
    const early = client.attached({}, quickPolicy())
    const seen: string[] = []
    // A failure of which nothing is known, as msw makes it, is retried once.
    const answers = ['error', 503, 200] as const
    mock(
      http.put(ITEMS, async ({ request }) => {
        seen.push(await request.text())
        const answer = answers[(seen.length - 1) % answers.length]
        return answer === 'error' ? HttpResponse.error() : HttpResponse.json({ value: 1 }, { status: answer ?? 500 })
      }),
    )
    const late = client.attached({}, quickPolicy())
    for (const api of [early, late]) {
      seen.length = 0
      expect((await api.put<unknown>(ITEMS, { sku: 7 })).data).toEqual({ value: 1 })
      expect(seen).toEqual(Array(3).fill('{"sku":7}'))
    }
  })

  it('case 19: an answer once and a last answer end the call as in stock', async () => {
    let hits = 0
    mock(
      http.get(ITEMS, () => HttpResponse.json({}, { status: 503 }), { once: true }),
      http.get(ITEMS, () => {
        hits += 1
        return HttpResponse.json({ why: 'gone' }, { status: 404 })
      }),
    )
    const error = await failure(client.attached({}, quickPolicy()).get(ITEMS))
    expect([error.response?.status, error.response?.data, hits]).toEqual([404, { why: 'gone' }, 1])
    expect(error).toBeInstanceOf(client.axios.AxiosError)
  })

  it('case 19: what msw lets through reaches the server under the policy', async () => {
    const server = await serve({ script: [respond(503), reset(), json({ value: 1 })] })
    let hits = 0
    mock(
      http.get(`${server.url}/`, () => {
        hits += 1
        return passthrough()
      }),
    )
    expect((await client.attached({ baseURL: server.url }, quickPolicy()).get<unknown>('/')).data).toEqual({ value: 1 })
    expect([hits, server.journal.count()]).toEqual([3, 3])
  })
})
