import { createPolicy, retry } from '@holdfast/core'
import { Replayer, type NewDeadLetter, type Upstream } from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { createFaultServer, json, redirect, type FaultServer } from '@holdfast/fault-server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { letter } from './letters.ts'

let home: FaultServer
let elsewhere: FaultServer

beforeEach(async () => {
  home = await createFaultServer({
    handler: () => json({ ok: true }),
    journal: { headers: ['host', 'x-evil', 'authorization'] },
  })
  elsewhere = await createFaultServer({ handler: () => json({ stolen: true }) })
})

afterEach(async () => {
  await home.close()
  await elsewhere.close()
})

const originOf = (server: FaultServer): string => new URL(server.url).origin

/** Puts one letter into a queue as somebody with access to the file could have written it, and replays it. */
const replayOf = async (changes: Partial<NewDeadLetter>, upstream: Partial<Upstream> = {}) => {
  const queue = await openSqliteQueue(':memory:', { onWarning: () => undefined })
  const policy = createPolicy({ name: `shop-${Math.random()}`, strategies: [retry({ maxRetries: 0 })] })
  const authorize = vi.fn(() => ({ headers: { authorization: 'Bearer planted-5ecret' } }))
  await queue.add(letter({ origin: originOf(home), ...changes }))
  await new Replayer({
    queue,
    upstreams: { shop: { origin: home.url, policy, authorize, ...upstream } },
    // Nothing waits here.
    backoff: { baseMs: 60_000, maxMs: 60_000 },
  }).runOnce()
  const [kept] = await queue.list()
  await queue.close()
  policy.close()
  expect(elsewhere.journal.entries).toEqual([])
  return { status: kept!.status, reason: kept!.parkReason, sends: home.journal.entries.length, authorize }
}

const refused = (reason: string) => ({ status: 'parked', reason, sends: 0 })

describe('a replay reaches the origin of its upstream and nothing else', () => {
  it('sends a letter as it is', async () => {
    expect(await replayOf({ path: '/orders?a=1&b=%2F..%2F' })).toMatchObject({ status: 'replayed', sends: 1 })
    expect(home.journal.entries[0]).toMatchObject({ path: '/orders', query: 'a=1&b=%2F..%2F' })
  })

  it.each([
    ['an absolute URL', () => `${elsewhere.url}/orders`],
    ['a URL without its scheme', () => elsewhere.url.replace('http:', '')],
    ['backslashes for slashes', () => `/\\${new URL(elsewhere.url).host}/orders`],
    ['a path that climbs', () => '/v3/../../admin'],
    ['one that climbs in percent form', () => '/v3/%2e%2E/admin'],
    ['one that ends with dots', () => '/v3/orders/..'],
    ['a dot', () => '/v3/./orders'],
    ['a user before the host', () => `@${new URL(elsewhere.url).host}/`],
    ['no slash', () => 'orders'],
    ['an empty path', () => ''],
    ['a line break', () => '/orders HTTP/1.1\r\nx-evil: 1'],
    ['a tab', () => '/or\tders'],
    ['a fragment', () => '/orders#x'],
    ['another script', () => '/orders/é'],
    ['a path without end', () => `/${'x'.repeat(20_000)}`],
  ])('refuses %s', async (_name, path) => {
    const { authorize, ...result } = await replayOf({ path: path() })
    expect(result).toEqual(refused('path'))
    expect(authorize).not.toHaveBeenCalled()
  })

  it('refuses a letter of another origin than the upstream has now, unless it is named as a former one', async () => {
    const stranger = { origin: 'https://old.example' }
    expect(await replayOf(stranger)).toMatchObject(refused('changed-upstream'))
    expect(await replayOf(stranger, { formerOrigins: ['https://old.example'] })).toMatchObject({ status: 'replayed' })
    // Even then it goes where the config says, not where the row says.
    const evil = { origin: originOf(elsewhere) }
    expect(await replayOf(evil, { formerOrigins: [originOf(elsewhere)] })).toMatchObject({
      status: 'replayed',
      sends: 2,
    })
  })

  it('follows no redirect, neither to another host nor to its own', async () => {
    for (const status of [301, 302, 303, 307, 308] as const) {
      home.use(redirect(`${elsewhere.url}/orders`, status))
      expect(await replayOf({})).toMatchObject({ status: 'parked', reason: 'redirect' })
    }
    home.use(redirect('/orders/2', 307))
    expect(await replayOf({})).toMatchObject({ status: 'parked', reason: 'redirect' })
    expect(home.journal.entries.every(({ path }) => path === '/orders')).toBe(true)
  })

  it.each<[string, Record<string, string>]>([
    ['a line break in a value', { 'x-shop': 'a\r\nx-evil: 1' }],
    ['a line break in a name', { 'x-shop\r\nx-evil': '1' }],
    ['a NUL', { 'x-shop': 'a\0b' }],
    ['another host', { host: 'evil.example' }],
    ['a length of its own', { 'content-length': '0' }],
    ['a transfer encoding', { 'transfer-encoding': 'chunked' }],
    ['an authorization', { authorization: 'Bearer other' }],
    ['a cookie', { cookie: 'session=1' }],
    ['an API key', { 'x-api-key': '1' }],
    ['a forwarded host', { 'x-forwarded-host': 'evil.example' }],
  ])('refuses %s in the headers of a row', async (_name, headers) => {
    expect(await replayOf({ headers })).toMatchObject(refused('header'))
  })

  it('refuses a content type, a key and a method that would say more than they are', async () => {
    expect(await replayOf({ contentType: 'text/plain\r\nx-evil: 1' })).toMatchObject(refused('header'))
    expect(await replayOf({ idempotencyKey: 'a\nb' })).toMatchObject(refused('header'))
    expect(await replayOf({ idempotencyKey: 'k-😀' })).toMatchObject(refused('header'))
    for (const method of ['CONNECT', 'TRACE', 'post', 'GET / HTTP/1.1\r\nx'])
      expect(await replayOf({ method })).toMatchObject(refused('method'))
  })

  it('takes consent for unsafe replays in the form of true alone', async () => {
    const keyless = { idempotencyKey: undefined }
    expect(await replayOf(keyless)).toMatchObject(refused('unsafe'))
    expect(await replayOf(keyless, { allowUnsafeReplay: 'yes' as unknown as boolean })).toMatchObject(refused('unsafe'))
    expect(await replayOf(keyless, { allowUnsafeReplay: true })).toMatchObject({ status: 'replayed' })
  })

  it.each([
    'https://api.example/v3',
    'https://user:pass@api.example',
    'ftp://api.example',
    'api.example',
    'http://a?b',
  ])('refuses the upstream origin %s', async (origin) => {
    await expect(replayOf({}, { origin })).rejects.toThrow('upstream "shop": option "origin" must be an origin')
  })
})
