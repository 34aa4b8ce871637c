import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { attach } from '@holdfast/axios-interceptor'
import { createPolicy, onPolicyEvent, retry, wrapFetch } from '@holdfast/core'
import { BodyCipher, deadLetters, letterToJson, Replayer, type ReplayEvent } from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { createFaultServer, json, reset } from '@holdfast/fault-server'
import axios from 'axios'
import { expect, it } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

const SECRET = 'planted-5ecret-value'
const folder = temporaryFolder()

it('writes no planted secret into rows, files, events or handed-over letters', async () => {
  const server = await createFaultServer({
    script: [reset('after-reading')],
    journal: { headers: ['authorization'], bodies: true },
  })
  const file = path.join(folder, 'secrets.db')
  const queue = await openSqliteQueue(file, { onWarning: () => undefined })
  const key = new Uint8Array(32).fill(7)
  const cipher = new BodyCipher({ currentKeyId: 'k1', keyOf: (id) => (id === 'k1' ? key : undefined) })
  const policy = createPolicy({
    name: 'shop',
    idempotencyKey: 'auto',
    strategies: [deadLetters({ queue, cipher, headers: ['x-shop-id'] }), retry({ maxRetries: 0 })],
  })
  const seen: unknown[] = []
  const stops = (['dead-letter-stored', 'dead-letter-lost'] as const).map((name) =>
    onPolicyEvent(name, (event) => seen.push(event)),
  )

  const names = [
    'api_key',
    'apiKey',
    'access_token',
    'token',
    'sig',
    'X-Amz-Signature',
    'client_secret',
    'password',
    'code',
  ]
  const query = names.map((name) => `${name}=${SECRET}`).join('&')
  const headers = {
    Authorization: `Bearer ${SECRET}`,
    authorization: `Basic ${btoa(`user:${SECRET}`)}`,
    COOKIE: `session=${SECRET}`,
    'X-Api-Key': SECRET,
    'x-auth-token': SECRET,
    'Proxy-Authorization': SECRET,
    'X-Custom': SECRET,
    'X-Shop-Id': `token=${SECRET}`,
    'x-request-id': 'r-1',
  }
  const url = `${server.url.replace('http://', `http://user:${SECRET}@`)}/orders?shop=1&${query}&note=Bearer%20${SECRET}#${SECRET}`
  const body = JSON.stringify({ password: SECRET })
  const api = axios.create()
  attach(api, policy, { axios })
  await api.post(url, body, { headers, auth: { username: 'user', password: SECRET } }).catch(() => undefined)
  // fetch itself refuses a user in the URL.
  const plain = url.replace(`user:${SECRET}@`, '')
  await wrapFetch(policy)(plain, { method: 'POST', headers: { ...headers }, body }).catch(() => undefined)
  await wrapFetch(policy)(new Request(plain, { method: 'POST', headers: { ...headers }, body })).catch(() => undefined)

  const letters = await queue.list()
  expect(letters).toHaveLength(3)
  for (const letter of letters) {
    expect(letter).toMatchObject({ path: '/orders?shop=1', bodyKeyId: 'k1', headers: { 'x-request-id': 'r-1' } })
    expect(letter.dropped).toEqual(expect.arrayContaining(['query token', 'header x-shop-id']))
  }
  const texts = [
    JSON.stringify(
      letters.map((letter) => letterToJson({ ...letter, isProvenUnsent: false, failedAtMs: 0, keepMs: 1 })),
    ),
  ]
  texts.push(JSON.stringify(seen))
  for (const name of readdirSync(folder)) texts.push(readFileSync(path.join(folder, name), 'latin1'))
  const forms = [SECRET, btoa(SECRET).slice(0, 20), btoa(`user:${SECRET}`).slice(0, 20)]
  for (const text of texts) for (const form of forms) expect(text).not.toContain(form)
  // The search finds what is there: the secret was sent, and only its letter does not have it.
  expect(server.journal.entries[0]!.headers['authorization']).toBeDefined()

  server.use(json({ ok: true }))
  const events: ReplayEvent[] = []
  const upstreams = {
    shop: {
      origin: server.url,
      policy,
      authorize: () => ({ headers: { authorization: SECRET }, query: { token: SECRET } }),
    },
  }
  await new Replayer({ queue, upstreams, cipher, onEvent: (event) => events.push(event) }).runOnce()
  expect(events.map(({ type }) => type)).toEqual(['replayed', 'replayed', 'replayed'])
  const last = server.journal.entries.at(-1)!
  expect(last).toMatchObject({ query: `shop=1&token=${SECRET}`, bodyBytes: body.length })
  expect(last.bodySha256).toBe(server.journal.entries[0]!.bodySha256)
  expect(JSON.stringify(events)).not.toContain(SECRET)
  expect(readFileSync(file, 'latin1')).not.toContain(SECRET)

  for (const stop of stops) stop()
  policy.close()
  await queue.close()
  await server.close()
})

it('refuses to keep a header that carries a credential', async () => {
  const queue = { add: async () => undefined }
  for (const name of ['Authorization', 'cookie', 'x-api-key', 'X-Auth-Token', 'x-signature', 'XApiKey'])
    expect(() => deadLetters({ queue, headers: [name] })).toThrow('sounds like a credential')
  expect(() => deadLetters({ queue, headers: ['x-shop-id', 'x-author', 'x-monkey'] })).not.toThrow()
})
