import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { wrapFetch } from '../adapters/fetch.ts'
import { callReport } from '../call-report.ts'
import { createPolicy } from '../policy.ts'
import { standardPolicy } from '../presets/standard.ts'
import { deadline } from '../strategies/deadline.ts'
import { fallback } from '../strategies/fallback.ts'
import { circuitBreaker } from '../strategies/circuit-breaker.ts'
import { recordEvents } from '../testing/record-events.ts'
import { scriptedFetch, type ScriptedAnswer } from '../testing/scripted-fetch.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { refusedError } from '../../test/scripted-transport.ts'
import { staleIfError, type StaleIfErrorOptions } from './stale-if-error.ts'
import { memoryStaleStore, type StaleStore } from './stale-store.ts'

const URL_OF_ITEMS = 'https://api.example/items?page=1'
const good = (headers: Record<string, string> = {}, body = 'first'): ScriptedAnswer => ({ status: 200, headers, body })

// Keys are hashed off the thread: as many hashes behind them let all that waits for one go on.
const idle = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) {
    await crypto.subtle.digest('SHA-256', new Uint8Array(64))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

let made = 0
const setUp = (script: readonly ScriptedAnswer[], options: Partial<StaleIfErrorOptions> = {}) => {
  const clock = createTestClock()
  const store = memoryStaleStore()
  const policy = createPolicy({
    name: `stale-${(made += 1)}`,
    clock,
    strategies: [staleIfError({ store, ...options }), circuitBreaker()],
  })
  const base = scriptedFetch(clock, script)
  const wrapped = wrapFetch(policy, base)
  const get = async (init?: RequestInit, url = URL_OF_ITEMS): Promise<Response> => {
    const response = await wrapped(url, init)
    // Storing goes on beside the caller.
    await idle()
    return response
  }
  return { clock, store, policy, get, base, events: recordEvents(policy, 'stale-served', 'listener-failed') }
}
const bodies = async (responses: readonly Response[]): Promise<readonly string[]> =>
  Promise.all(responses.map((response) => response.text()))

describe('what it stands in for', () => {
  it.each([500, 502, 503, 504])('a %i, marked with Age and Cache-Status', async (status) => {
    const { clock, get, events, policy } = setUp([good({ 'cache-control': 'max-age=60', 'x-own': '1' }), status])
    expect(await (await get()).text()).toBe('first')
    clock.jump(90_000)
    const response = await get()
    expect([response.status, response.url, await response.text()]).toEqual([200, URL_OF_ITEMS, 'first'])
    expect(Object.fromEntries(response.headers)).toEqual({
      age: '90',
      'cache-control': 'max-age=60',
      'cache-status': `holdfast; fwd=stale; fwd-status=${status}; ttl=-30; detail="http-${status}"`,
      'content-type': 'text/plain;charset=UTF-8',
      'x-own': '1',
    })
    expect(events).toMatchObject([{ type: 'stale-served', reason: `http-${status}`, ageMs: 90_000, staleMs: 30_000 }])
    expect(callReport(response)?.explain()).toContain(`answered by a copy 90000 ms old: http-${status}`)
    policy.close()
  })

  it('a lost connection, and a refusal, which was never forwarded', async () => {
    const { get, policy } = setUp([good({ 'cache-control': 'max-age=60' }), refusedError()])
    await get()
    const lost = await get()
    expect(lost.headers.get('cache-status')).toBe('holdfast; fwd=bypass; ttl=60; detail="connection-refused"')
    policy.forceOpen('maintenance')
    expect((await get()).headers.get('cache-status')).toBe('holdfast; hit; ttl=60; detail="circuit-open"')
  })

  it.each([400, 401, 404, 429, 501, 505, 507])('not a %i', async (status) => {
    const { get } = setUp([good(), status])
    await get()
    expect((await get()).status).toBe(status)
  })

  it("not the caller's abort, a certificate or an error of the program", async () => {
    for (const error of [Object.assign(new Error('bad'), { code: 'CERT_HAS_EXPIRED' }), new RangeError('bug')]) {
      const { get } = setUp([good(), error])
      await get()
      await expect(get()).rejects.toBe(error)
    }
    const { get } = setUp([good(), 503])
    await get()
    await expect(get({ signal: AbortSignal.abort('left') })).rejects.toBe('left')
  })

  it('not an error without a copy, and nothing while the upstream answers', async () => {
    const { get, base } = setUp([503, good({ 'cache-control': 'max-age=60' }), good({}, 'second')])
    expect((await get()).status).toBe(503)
    expect(await bodies([await get(), await get()])).toEqual(['first', 'second'])
    expect(base.attempts).toHaveLength(3)
  })
})

describe('what may be stored and served', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['no word', {}, true],
    ['must-revalidate', { 'cache-control': 'max-age=60, must-revalidate' }, false],
    ['proxy-revalidate', { 'cache-control': 'max-age=60, proxy-revalidate' }, false],
    ['no-store', { 'cache-control': 'no-store' }, false],
    ['no-cache', { 'cache-control': 'no-cache' }, false],
    ['private, for everybody', { 'cache-control': 'private' }, false],
    ['a cookie set, for everybody', { 'set-cookie': 'a=1' }, false],
    ['a malformed field', { 'cache-control': 'max-age=x' }, false],
    ['stale-if-error', { 'cache-control': 'max-age=60, stale-if-error=60' }, true],
    ['stale-if-error that is over', { 'cache-control': 'max-age=60, stale-if-error=10' }, false],
    ['Vary: *', { vary: 'accept, *' }, false],
  ])('after 90 s, with %s', async (_, headers, isServed) => {
    const { clock, get } = setUp([good(headers), 503])
    await get()
    clock.jump(90_000)
    expect((await get()).status).toBe(isServed ? 200 : 503)
  })

  it('a must-revalidate answer while it is fresh', async () => {
    const { clock, get } = setUp([good({ 'cache-control': 'max-age=60, must-revalidate' }), 503])
    await get()
    clock.jump(60_000)
    expect((await get()).status).toBe(200)
  })

  it('nothing older than maxStaleMs', async () => {
    const { clock, get } = setUp([good(), 503], { maxStaleMs: 1_000 })
    await get()
    clock.jump(1_000)
    expect((await get()).status).toBe(200)
    clock.jump(1)
    expect((await get()).status).toBe(503)
  })

  it('one copy for each answer of a varying resource', async () => {
    const vary = { vary: 'Accept-Language' }
    const { get, store } = setUp([good(vary, 'hallo'), good(vary, 'hello'), 503])
    const say = (language: string) => get({ headers: { 'accept-language': language } })
    await say('de')
    await say('en')
    expect(await bodies([await say('de'), await say('en')])).toEqual(['hallo', 'hello'])
    expect([(await say('fr')).status, (await get()).status, store.size]).toEqual([503, 503, 3])
  })

  it.each<[string, RequestInit]>([
    ['no-store', { headers: { 'cache-control': 'no-store' } }],
    ['no-cache', { headers: { 'cache-control': 'no-cache' } }],
    ['Range', { headers: { range: 'bytes=0-1' } }],
    ['cache: reload', { cache: 'reload' }],
    ['stale-if-error=0 on a stale copy', { headers: { 'cache-control': 'stale-if-error=0' } }],
  ])('not to a request with %s', async (_, init) => {
    const { clock, get } = setUp([good(), 503])
    await get()
    clock.jump(1)
    expect((await get(init)).status).toBe(503)
    expect((await get()).status).toBe(200)
  })

  it('nothing to or from POST, and the same path of another origin or query is another resource', async () => {
    const { get } = setUp([good(), 503])
    await get()
    expect((await get({ method: 'POST' })).status).toBe(503)
    expect((await get(undefined, 'https://api.example/items?page=2')).status).toBe(503)
    expect((await get(undefined, 'https://other.example/items?page=1')).status).toBe(503)
    expect((await get(undefined, `${URL_OF_ITEMS}#part`)).status).toBe(200)
  })

  it('nothing after a change, a 404 or an answer that is not to be stored', async () => {
    for (const [second, init] of [
      [204, { method: 'DELETE' }],
      [404, undefined],
      [good({ 'cache-control': 'no-store' }), undefined],
    ] as const) {
      const { get, store } = setUp([good(), second, 503])
      await get()
      expect(store.size).toBe(1)
      await get(init)
      expect([store.size, (await get()).status]).toEqual([0, 503])
    }
  })

  it('a copy stays through a 429 and a failed change', async () => {
    for (const second of [{ status: 429 }, 500] as const) {
      const { get } = setUp([good(), second, 503])
      await get()
      await get(second === 500 ? { method: 'PUT' } : undefined)
      expect((await get()).status).toBe(200)
    }
  })

  it('no answer larger than maxAnswerBytes, and the caller reads it all the same', async () => {
    for (const headers of [{}, { 'content-length': '20' }]) {
      const { get, store } = setUp([good(headers, 'x'.repeat(20)), 503], { maxAnswerBytes: 19 })
      expect(await (await get()).text()).toHaveLength(20)
      expect([store.size, (await get()).status]).toEqual([0, 503])
    }
  })

  it('no answer whose caller gave it up: the rest is not fetched for the store', async () => {
    let cancelled = false
    const half = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(10))
      },
      cancel: () => {
        cancelled = true
      },
    })
    const clock = createTestClock()
    const store = memoryStaleStore()
    const policy = createPolicy({ name: 'stale-given-up', clock, strategies: [staleIfError({ store })] })
    const response = await wrapFetch(policy, async () => new Response(half))(URL_OF_ITEMS)
    void response.body?.cancel()
    await idle()
    expect(cancelled).toBe(false)
    await clock.advance(100)
    await idle()
    expect([cancelled, store.size]).toEqual([true, 0])
  })

  it('an answer without a body as such', async () => {
    const { get } = setUp([{ status: 204 }, 503])
    await get()
    const response = await get()
    expect([response.status, response.body]).toEqual([204, null])
  })
})

describe('whose answers', () => {
  const as = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

  it.each<[string, RequestInit | undefined, string]>([
    ['authorization', as('a'), URL_OF_ITEMS],
    ['cookie', { headers: { Cookie: 'session=1' } }, URL_OF_ITEMS],
    ['x-api-key', { headers: { 'X-API-Key': '1' } }, URL_OF_ITEMS],
    ['x-amz-security-token', { headers: { 'x-amz-security-token': '1' } }, URL_OF_ITEMS],
  ])('leaves requests with %s alone', async (_, init, url) => {
    const { get, store } = setUp([good(), 503])
    await get(init, url)
    expect([store.size, (await get(init, url)).status]).toEqual([0, 503])
  })

  it.each<[string, RequestInit | undefined, number]>([
    ['its own origin', undefined, 503],
    ['another origin with cookies', { credentials: 'include' }, 503],
    ['its own origin without cookies', { credentials: 'omit' }, 200],
  ])('leaves requests of a page to %s be, unless they carry none', async (_, init, status) => {
    const href = init?.credentials === 'include' ? 'https://page.example/' : 'https://api.example/page'
    vi.stubGlobal('location', { href })
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    const { get } = setUp([good(), 503])
    await get(init)
    expect((await get(init)).status).toBe(status)
  })

  it("keeps one copy for each set of credentials with key: 'credentials'", async () => {
    const { get } = setUp([good({ 'cache-control': 'private' }, 'of a'), good({}, 'of nobody'), 503], {
      key: 'credentials',
    })
    await get(as('a'))
    await get()
    expect(await bodies([await get(as('a')), await get()])).toEqual(['of a', 'of nobody'])
    expect((await get(as('b'))).status).toBe(503)
  })

  it('keeps a copy over a renewed token with a key of its own, and refuses whom that does not name', async () => {
    let user: string | undefined = 'ann'
    const { get } = setUp([good(), 503], { key: () => user })
    await get(as('old'))
    expect((await get(as('new'))).status).toBe(200)
    user = 'bob'
    expect((await get(as('old'))).status).toBe(503)
    user = undefined
    expect((await get(as('old'))).status).toBe(503)
  })

  it('gives the store keys in which nothing can be read, and answers without cookies', async () => {
    const seen: unknown[] = []
    const store: StaleStore = { get: () => undefined, set: (...given) => seen.push(given), delete: () => undefined }
    const { get } = setUp([good({ 'set-cookie': 'sid=1', 'x-a': 'b' })], { store, key: 'credentials' })
    await get(as('hidden'), 'https://api.example/items?api_key=hidden')
    expect(seen).toHaveLength(1)
    expect((seen[0] as string[])[0]).toMatch(/^[\da-f]{64}$/)
    expect(JSON.stringify(seen)).not.toMatch(/hidden|sid|api\.example/)
    expect(structuredClone(seen)).toEqual(seen)
  })
})

describe('the store', () => {
  it.each<[string, Partial<StaleStore>]>([
    ['throws', { get: () => fail() }],
    ['rejects', { get: () => Promise.reject(new Error('down')) }],
    ['fails to write', { set: () => Promise.reject(new Error('down')) }],
  ])('that %s fails no call', async (_, broken) => {
    const { get, events } = setUp([good(), 503], { store: { ...memoryStaleStore(), ...plain(), ...broken } })
    expect((await get()).status).toBe(200)
    expect((await get()).status).toBe(503)
    expect(events[0]).toMatchObject({ type: 'listener-failed', event: 'staleIfError' })
  })

  it('that hangs holds a call for storeTimeoutMs and no longer', async () => {
    const store = { ...plain(), get: () => new Promise<never>(() => undefined) }
    const { get, clock } = setUp([good(), 503], { store, storeTimeoutMs: 50 })
    await get()
    let status = 0
    const pending = get().then((response) => (status = response.status))
    await idle()
    await clock.advance(49)
    expect(status).toBe(0)
    await clock.advance(1)
    await pending
    expect(status).toBe(503)
    expect(clock.pendingTimers).toBe(0)
  })
})

const fail = (): never => {
  throw new Error('down')
}
const plain = (): StaleStore => {
  const inner = memoryStaleStore()
  return {
    get: (key) => inner.get(key),
    set: (key, record, ttlMs) => inner.set(key, record, ttlMs),
    delete: (key) => inner.delete(key),
  }
}

describe('in a policy', () => {
  it('answers before the fallback, which answers what has no copy', async () => {
    const clock = createTestClock()
    const policy = standardPolicy({
      name: 'stale-standard',
      clock,
      retry: false,
      staleIfError: staleIfError(),
      fallback: { answer: () => 'default' },
    })
    expect(
      policy
        .describe()
        .map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(['fallback', 'staleIfError', 'deadline'])
    const get = wrapFetch(policy, scriptedFetch(clock, [good(), 503]))
    expect(await (await get(URL_OF_ITEMS)).text()).toBe('first')
    await idle()
    expect(await (await get(URL_OF_ITEMS)).text()).toBe('first')
    expect(await (await get('https://api.example/other')).json()).toBe('default')
    expect(await policy.execute(() => 'plain functions pass')).toBe('plain functions pass')
    policy.close()
  })

  it('must stand outside deadline and retry, inside the fallback, with options that are known', () => {
    const refused = (strategies: Parameters<typeof createPolicy>[0]['strategies']) => () =>
      createPolicy({ name: 'stale-order', strategies })
    expect(refused([deadline(), staleIfError()])).toThrow('"staleIfError" must be listed before "deadline"')
    expect(refused([staleIfError(), fallback({ answer: () => 1 })])).toThrow('"fallback" must be listed before')
    expect(() => staleIfError({ key: 'user' as never })).toThrow('option "key" must be \'credentials\', or a function')
    expect(() => staleIfError({ store: new Map() as never })).not.toThrow()
    expect(() => staleIfError({ store: {} as never })).toThrow('an object with get, set and delete')
    expect(() => staleIfError({ maxStaleMs: Infinity })).toThrow('option "maxStaleMs" must be finite')
    expect(() => standardPolicy({ name: 'x', staleIfError: deadline() as never })).toThrow(
      'staleIfError() of @holdfast',
    )
  })
})
