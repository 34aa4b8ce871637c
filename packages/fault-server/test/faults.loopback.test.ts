import { afterEach, expect, test } from 'vitest'
import {
  type Answer,
  createFaultServer,
  drip,
  type FaultServer,
  garbage,
  halfBody,
  hangUp,
  json,
  redirect,
  reset,
  respond,
  stall,
  text,
  truncatedText,
  wrongLength,
} from '../src/index.ts'
import { exchange, get, post } from './raw-client.ts'

let server: FaultServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function serving(...script: Answer[]): Promise<FaultServer> {
  server = await createFaultServer({ script })
  return server
}

test('answers a script in turn and repeats the last answer', async () => {
  const { url, journal } = await serving(respond(503), json({ ok: true }))
  const statuses = []
  for (let call = 0; call < 3; call += 1) statuses.push((await fetch(url)).status)
  expect(statuses).toEqual([503, 200, 200])
  expect(journal.entries.map((entry) => [entry.answered, entry.processed])).toEqual([
    ['503', false],
    ['200', true],
    ['200', true],
  ])
})

test('reset before-reading: RST, nothing read, nothing processed', async () => {
  const { port, journal } = await serving(reset('before-reading'))
  expect(await exchange(port, post('/tracking', '{"a":1}'))).toEqual({ received: '', ending: 'reset' })
  expect(journal.entries[0]).toMatchObject({ processed: false, bodyBytes: null, bodySha256: null, clientLeft: false })
})

test('reset after-reading: RST after the whole body was taken in, counted as processed', async () => {
  const { port, journal } = await serving(reset('after-reading'))
  expect(await exchange(port, post('/tracking', '{"a":1}'))).toEqual({ received: '', ending: 'reset' })
  expect(journal.entries[0]).toMatchObject({
    processed: true,
    bodyBytes: 7,
    answered: 'reset after-reading',
    status: null,
  })
  expect(journal.entries[0]?.bodySha256).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862')
})

test('hangUp before-reading: an orderly end although the body was not read, and no connection is left over', async () => {
  const { port } = await serving(hangUp('before-reading'))
  expect(await exchange(port, post('/x', 'y'.repeat(3_000_000)))).toEqual({ received: '', ending: 'end' })
  await expect.poll(() => server?.connections.open).toBe(0)
})

test.each(['reset', 'end'] as const)('%s in the middle of the headers and after them', async (ending) => {
  const make = ending === 'reset' ? reset : hangUp
  const { port } = await serving(make('while-headers'), make('after-headers'))
  const half = await exchange(port, get('/'))
  expect(half.ending).toBe(ending)
  expect(half.received).toContain('HTTP/1.1 200 OK\r\n')
  expect(half.received).not.toContain('\r\n\r\n')
  const headersOnly = await exchange(port, get('/'))
  expect(headersOnly.ending).toBe(ending)
  expect(headersOnly.received).toMatch(/content-length: 64\r\n\r\n$/)
})

test.each(['reset', 'end', 'stall'] as const)('half a body, then %s', async (ending) => {
  const { port } = await serving(halfBody(text('0123456789'), { keep: 0.3, ending }))
  const seen = await exchange(port, get('/'))
  expect(seen.received).toMatch(/content-length: 10\r\n[\s\S]*\r\n\r\n012$/)
  expect(seen.ending).toBe(ending === 'stall' ? 'open' : ending)
})

test('half a chunked body ends without the last chunk', async () => {
  const { port } = await serving(halfBody(text('0123456789', { framing: 'chunked' })))
  const seen = await exchange(port, get('/'))
  expect(seen.received).toMatch(/transfer-encoding: chunked/i)
  expect(seen.received).toMatch(/5\r\n01234\r\n$/)
  expect(seen.ending).toBe('end')
})

test('truncated text is well-formed HTTP around broken JSON', async () => {
  const { url } = await serving(truncatedText(json({ listings: [1, 2, 3] })))
  const response = await fetch(url)
  const body = await response.text()
  expect(response.headers.get('content-length')).toBe(String(body.length))
  expect(() => JSON.parse(body) as unknown).toThrow(SyntaxError)
})

test('wrong length: too long a promise ends the connection, too short a one leaves surplus bytes', async () => {
  const { port } = await serving(wrongLength(text('abc'), 4), wrongLength(text('abcdef'), -2))
  const long = await exchange(port, get('/'))
  expect(long.received).toMatch(/content-length: 7\r\n[\s\S]*abc$/)
  expect(long.ending).toBe('end')
  const short = await exchange(port, get('/'), 100)
  expect(short.received).toMatch(/content-length: 4\r\n[\s\S]*abcdef$/)
})

test('drip sends pieces over time and completes', async () => {
  const { url, journal } = await serving(drip(text('abcdefgh'), { chunkBytes: 2, everyMs: 20 }))
  const startedAt = performance.now()
  expect(await (await fetch(url)).text()).toBe('abcdefgh')
  expect(performance.now() - startedAt).toBeGreaterThan(55)
  expect(journal.entries[0]?.answered).toBe('200 drip')
})

test('stall never answers and journals that the client left', async () => {
  const { port, journal } = await serving(stall(true))
  expect(await exchange(port, get('/'), 60)).toEqual({ received: '', ending: 'open' })
  await expect.poll(() => journal.entries[0]?.settledAtMs).not.toBeNull()
  expect(journal.entries[0]).toMatchObject({ processed: true, clientLeft: true, answered: 'stall' })
})

test('a client that leaves in the middle of its body is journalled and does not upset the server', async () => {
  const { port, journal, url } = await serving(json({ ok: true }))
  await exchange(port, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nonly this', 60)
  await expect.poll(() => journal.entries[0]?.clientLeft).toBe(true)
  expect(journal.entries[0]).toMatchObject({ processed: false, bodyBytes: null, answered: 'none' })
  expect((await fetch(url)).status).toBe(200)
})

test('garbage is no HTTP', async () => {
  const { port } = await serving(garbage('ICY 200 OK\r\n\r\n'), garbage())
  expect(await exchange(port, get('/'))).toEqual({ received: 'ICY 200 OK\r\n\r\n', ending: 'end' })
  expect((await exchange(port, get('/'))).received).toHaveLength(32)
})

test('redirect carries its location', async () => {
  const { url } = await serving(redirect('/elsewhere', 307), json({ path: 'second' }))
  const response = await fetch(url, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([307, '/elsewhere'])
})
