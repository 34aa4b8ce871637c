import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import path from 'node:path'
import { attach } from '@holdfast/axios-interceptor'
import { createPolicy, circuitBreaker, deadline, isHoldfastError, retry, wrapFetch, type Policy } from '@holdfast/core'
import { createFaultServer, json, reset, respond, type FaultServer } from '@holdfast/fault-server'
import {
  deadLetters,
  Replayer,
  type DeadLetterQueue,
  type DeadLettersOptions,
  type ReplayEvent,
} from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import axios from 'axios'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let files = 0
let server: FaultServer
let queue: DeadLetterQueue
let policy: Policy | undefined

beforeEach(async () => {
  server = await createFaultServer({
    script: [respond(503)],
    journal: { headers: ['idempotency-key', 'authorization', 'content-type'], bodies: true },
  })
  files += 1
  queue = await openSqliteQueue(path.join(folder, `${files}.db`), { onWarning: () => undefined })
})

afterEach(async () => {
  policy?.close()
  await queue.close()
  await server.close()
})

const shop = (options: Partial<DeadLettersOptions> = {}) => {
  const made = createPolicy({
    name: 'shop',
    idempotencyKey: 'auto',
    strategies: [deadLetters({ queue, ...options }), deadline(), retry({ maxRetries: 1, baseMs: 1 }), circuitBreaker()],
  })
  policy = made
  return made
}

const replayer = (of: Policy, options: Partial<ConstructorParameters<typeof Replayer>[0]> = {}) => {
  const events: ReplayEvent[] = []
  const made = new Replayer({
    queue,
    upstreams: {
      shop: { origin: server.url, policy: of, authorize: () => ({ headers: { authorization: 'Bearer fresh' } }) },
    },
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { made, events }
}

const origin = () => new URL(server.url).origin

describe('a call that finally failed', () => {
  it('is kept, reaches its caller unchanged, and arrives later with the same key', async () => {
    const own = shop()
    const stored = vi.fn()
    own.on('dead-letter-stored', stored)
    const response = await wrapFetch(own)(`${server.url}/orders?currency=EUR&api_key=hidden`, {
      method: 'POST',
      headers: { authorization: 'Bearer stale', 'content-type': 'application/json' },
      body: JSON.stringify({ item: 7 }),
    })
    expect(response.status).toBe(503)
    expect(stored).toHaveBeenCalledOnce()
    const [letter] = await queue.list()
    expect(letter).toMatchObject({
      upstream: 'shop',
      origin: origin(),
      method: 'POST',
      path: '/orders?currency=EUR',
      dropped: ['query api_key'],
      headers: {},
      contentType: 'application/json',
      errorCode: 'http-503',
      errorClass: 'transient',
      attempts: 2,
      status: 'open',
    })

    server.use(json({ ok: true }))
    const { made, events } = replayer(own)
    expect(await made.runOnce()).toMatchObject({ replayed: 1, parked: 0 })
    expect(events).toEqual([{ type: 'replayed', id: letter!.id, upstream: 'shop', status: 200 }])
    const sends = server.journal.entries
    expect(new Set(sends.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(sends.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer stale',
      'Bearer stale',
      'Bearer fresh',
    ])
    expect(sends.at(-1)).toMatchObject({ method: 'POST', path: '/orders', query: 'currency=EUR' })
    expect(new Set(sends.map(({ bodySha256 }) => bodySha256)).size).toBe(1)
    expect(await queue.get(letter!.id)).toMatchObject({ status: 'replayed', replayStatus: 200, replays: 1 })
  })

  it('is kept through axios with its query and its body', async () => {
    const own = shop()
    const api = axios.create({ baseURL: server.url })
    attach(api, own, { axios })
    const failure = await api
      .post('/orders', { item: 7 }, { params: { shop: 3, token: 'hidden' } })
      .catch((error: unknown) => error)
    expect((failure as { response: { status: number } }).response.status).toBe(503)
    server.use(json({ ok: true }))
    expect(await replayer(own).made.runOnce()).toMatchObject({ replayed: 1 })
    const sends = server.journal.entries
    expect(sends.at(-1)).toMatchObject({ path: '/orders', query: 'shop=3', bodySha256: sends[0]!.bodySha256 })
    expect(sends.at(-1)!.headers['content-type']).toBe('application/json')
    expect(sends.at(-1)!.headers['idempotency-key']).toBe(sends[0]!.headers['idempotency-key'])
  })

  it('is kept from a Request, of which the caller keeps its own body when nothing was sent', async () => {
    const own = shop()
    own.forceOpen('test')
    const request = new Request(`${server.url}/orders`, { method: 'POST', body: 'text' })
    const failure = await wrapFetch(own)(request).catch((error: unknown) => error)
    expect(isHoldfastError(failure) && failure.code).toBe('circuit-open')
    expect(await request.text()).toBe('text')
    own.reset()
    server.use(json({ ok: true }))
    expect(await replayer(own).made.runOnce()).toMatchObject({ replayed: 1 })
    expect(server.journal.entries).toHaveLength(1)
    expect(server.journal.entries[0]!.bodyBytes).toBe(4)
  })

  it('keeps the body of a Request that was sent twice', async () => {
    const own = shop()
    await wrapFetch(own)(new Request(`${server.url}/orders`, { method: 'POST', body: 'text' }))
    server.use(json({ ok: true }))
    expect(await replayer(own).made.runOnce()).toMatchObject({ replayed: 1 })
    expect(server.journal.entries.map(({ bodyBytes }) => bodyBytes)).toEqual([4, 4, 4])
  })

  it('waits for a person when its body can be read once only or is too large', async () => {
    const own = shop({ maxBodyBytes: 10 })
    const post = wrapFetch(own)
    await post(`${server.url}/orders`, { method: 'POST', body: 'x'.repeat(11) })
    const stream = new Blob(['stream']).stream()
    await post(`${server.url}/orders`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
    const letters = await queue.list()
    expect(letters.map(({ status, bodyState, parkReason }) => [status, bodyState, parkReason])).toEqual([
      ['parked', 'too-large', 'body-dropped'],
      ['parked', 'one-shot', 'body-dropped'],
    ])
    expect(await queue.reopen({})).toBe(0)
  })

  it('is not kept when it only reads, when the request is at fault, when its caller gave up, or by the word of the policy', async () => {
    const own = shop({ when: ({ method, status }) => method === 'PUT' && status === 503 })
    const send = wrapFetch(own)
    await send(`${server.url}/orders`, { method: 'POST' })
    expect((await queue.stats()).byStatus.open).toBe(0)
    await send(`${server.url}/orders`, { method: 'PUT' })
    expect((await queue.stats()).byStatus.open).toBe(1)
    own.close()
    const usual = wrapFetch(shop())
    await usual(`${server.url}/orders`)
    await usual(`${server.url}/orders`, { method: 'POST', signal: AbortSignal.abort() }).catch(() => undefined)
    server.use(respond(400))
    await usual(`${server.url}/orders`, { method: 'POST' })
    expect((await queue.stats()).byStatus.open).toBe(1)
  })

  it('says when nobody knows whether it was processed, and is then sent again with a key alone', async () => {
    server.use(reset('after-reading'))
    const own = shop()
    const send = wrapFetch(own)
    await expect(send(`${server.url}/orders`, { method: 'POST' })).rejects.toThrow()
    await expect(
      send(`${server.url}/orders`, { method: 'POST', resilience: { idempotencyKey: false } }),
    ).rejects.toThrow()
    expect((await queue.list()).map(({ errorClass }) => errorClass)).toEqual(['unknown', 'unknown'])
    server.use(json({ ok: true }))
    expect(await replayer(own).made.runOnce()).toMatchObject({ replayed: 1, parked: 1 })
    const [parked] = await queue.list({ statuses: ['parked'] })
    expect(parked).toMatchObject({ parkReason: 'unsafe', idempotencyKey: undefined })
    await queue.reopen({})
    const upstreams = { shop: { origin: server.url, policy: own, allowUnsafeReplay: true } }
    expect(await replayer(own, { upstreams }).made.runOnce()).toMatchObject({ replayed: 1 })
  })

  it('needs no key for the first send that can arrive', async () => {
    const own = shop()
    own.forceOpen('test')
    const failing = wrapFetch(own)(`${server.url}/orders`, { method: 'POST', resilience: { idempotencyKey: false } })
    await expect(failing).rejects.toThrow('circuit-open')
    own.reset()
    server.use(json({ ok: true }))
    expect(await replayer(own).made.runOnce()).toMatchObject({ replayed: 1 })
    expect(server.journal.entries).toHaveLength(1)
  })
})
