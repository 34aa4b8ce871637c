import { json, redirect, respond } from '@holdfast/fault-server'
import { describe, expect, it } from 'vitest'
import { CLIENTS } from './axios-versions.ts'
import { failure, quickPolicy, serve } from './support.ts'

describe.each(CLIENTS)('redirects on $label', (client) => {
  const post = { resilience: { idempotencyKey: 'order-9' } } as const

  /** Two origins: the first redirects with 307, so that method, body and headers are kept. */
  const twoOrigins = async () => {
    const target = await serve({ script: [json({})] })
    const elsewhere = `${target.url.replace('127.0.0.1', 'localhost')}/there`
    const first = await serve({ script: [redirect(elsewhere, 307)] })
    return { first, target, elsewhere }
  }
  const keyAt = (server: Awaited<ReturnType<typeof serve>>) => server.journal.entries[0]?.headers['idempotency-key']

  it('the idempotency key of the policy follows a redirect within the origin', async () => {
    const server = await serve({ script: [redirect('/there', 307), json({})] })
    await client.attached({ baseURL: server.url }, quickPolicy()).post('/orders', { sku: 1 }, post)
    expect(server.journal.entries.map(({ path, headers }) => [path, headers['idempotency-key']])).toEqual([
      ['/orders', 'order-9'],
      ['/there', 'order-9'],
    ])
  })

  it('the idempotency key of the policy stays behind at a redirect to another origin, but not with the fetch adapter', async () => {
    const { first, target } = await twoOrigins()
    await client.attached({ baseURL: first.url }, quickPolicy()).post('/orders', { sku: 1 }, post)
    expect([keyAt(first), target.journal.count(), target.journal.entries[0]?.body]).toEqual(['order-9', 1, '{"sku":1}'])
    // Fetch follows redirects by itself and takes Authorization off only.
    expect(keyAt(target)).toBe(client.adapter === 'http' ? undefined : 'order-9')
  })

  it('a header that stayed behind does not come back with a redirect that does', async () => {
    const { first, target } = await twoOrigins()
    target.use(redirect(`${first.url}/back`, 307))
    first.use([redirect(`${target.url.replace('127.0.0.1', 'localhost')}/there`, 307), json({})])
    await client.attached({ baseURL: first.url }, quickPolicy()).post('/orders', { sku: 1 }, post)
    expect(first.journal.entries.map(({ path, headers }) => [path, headers['idempotency-key']])).toEqual([
      ['/orders', 'order-9'],
      ['/back', client.adapter === 'http' ? undefined : 'order-9'],
    ])
  })

  it('beforeRedirect of the caller still runs and is still in its place afterwards', async () => {
    const { first, target, elsewhere } = await twoOrigins()
    const seen: unknown[] = []
    const beforeRedirect = (options: Record<string, unknown>): void => {
      seen.push(options['href'])
    }
    const api = client.attached({ baseURL: first.url }, quickPolicy())
    const { config } = await api.post('/orders', { sku: 1 }, { ...post, beforeRedirect })
    expect([config.beforeRedirect, target.journal.count()]).toEqual([beforeRedirect, 1])
    expect(seen).toEqual(client.adapter === 'http' ? [elsewhere] : [])
    expect('beforeRedirect' in (await api.post('/orders', { sku: 1 }, post)).config).toBe(
      'beforeRedirect' in (await client.stock({ baseURL: first.url }).post('/orders', {})).config,
    )
  })

  it("a header the caller set itself follows as in stock, and the caller's sensitiveHeaders hold where axios has them", async () => {
    const { first, target } = await twoOrigins()
    const headers = { 'Idempotency-Key': 'own-1' }
    await client.attached({ baseURL: first.url }, quickPolicy()).post('/orders', {}, { headers })
    expect(keyAt(target)).toBe('own-1')
    target.journal.clear()
    const sensitive = { headers, sensitiveHeaders: ['idempotency-key'] }
    await client.attached({ baseURL: first.url }, quickPolicy()).post('/orders', {}, sensitive)
    expect(keyAt(target)).toBe(client.adapter === 'http' && client.isFrom(18) ? undefined : 'own-1')
  })

  it('a retry after such a redirect carries the key to the first origin again', async () => {
    const { first, target } = await twoOrigins()
    target.use(respond(503))
    await failure(client.attached({ baseURL: first.url }, quickPolicy()).post('/orders', { sku: 1 }, post))
    expect(first.journal.entries.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(3).fill('order-9'))
    expect(new Set(target.journal.entries.map(({ headers }) => headers['idempotency-key']))).toEqual(
      new Set([client.adapter === 'http' ? undefined : 'order-9']),
    )
  })
})
