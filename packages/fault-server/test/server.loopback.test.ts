import { Agent, request as httpRequest } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createFaultServer, delayed, type FaultServer, json, respond, stall } from '../src/index.ts'

const servers: FaultServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(options: Parameters<typeof createFaultServer>[0]): Promise<FaultServer> {
  const server = await createFaultServer(options)
  servers.push(server)
  return server
}

test('routes match method, path and named segments; the rest is a 404', async () => {
  const { url } = await start({
    routes: {
      'GET /listings/:id': (request) => json({ id: request.params['id'], page: request.query.get('page') }),
      'POST /listings': [respond(503), json({ made: true }, { status: 201 })],
      '* /any': respond(204),
    },
  })
  expect(await (await fetch(`${url}/listings/a%20b?page=2`)).json()).toEqual({ id: 'a b', page: '2' })
  expect((await fetch(`${url}/listings`, { method: 'POST', body: '{}' })).status).toBe(503)
  expect((await fetch(`${url}/listings`, { method: 'POST', body: '{}' })).status).toBe(201)
  expect((await fetch(`${url}/any`, { method: 'DELETE' })).status).toBe(204)
  const missing = await fetch(`${url}/listings/1/more`)
  expect([missing.status, await missing.json()]).toEqual([404, { error: 'no route for GET /listings/1/more' }])
})

test('a handler reads the body and keeps state; the journal keeps what was asked for and nothing else', async () => {
  const stock = new Map<string, unknown>()
  const { url, journal } = await start({
    handler: async (request) => {
      stock.set(request.path, await request.json())
      return json({ stored: stock.size })
    },
    journal: { headers: ['X-Demo-Call'], bodies: true },
  })
  const headers = { 'x-demo-call': 'put-1', authorization: 'Bearer secret' }
  await fetch(`${url}/stock/1?token=abc`, { method: 'PUT', body: '{"n":3}', headers })
  expect(stock.get('/stock/1')).toEqual({ n: 3 })
  expect(journal.entries[0]).toMatchObject({
    seq: 1,
    method: 'PUT',
    path: '/stock/1',
    query: 'token=abc',
    headers: { 'x-demo-call': 'put-1' },
    body: '{"n":3}',
    status: 200,
  })
  expect(JSON.stringify(journal.entries[0])).not.toContain('secret')
  expect(journal.count((entry) => entry.method === 'GET')).toBe(0)
})

test('with journal.wire every byte is kept as it came, by connection', async () => {
  const server = await start({ script: [json({})], journal: { wire: true } })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post = (body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { 'X-Casing': 'KePt', 'content-length': body.length }
      const request = httpRequest(`${server.url}/a?b=c`, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', resolve)
      })
      request.on('error', reject).end(body)
    })
  await post('one')
  await post('two!')
  agent.destroy()
  const [bytes, ...others] = server.received()
  const sent = (body: string): string =>
    `POST /a?b=c HTTP/1.1\r\nX-Casing: KePt\r\ncontent-length: ${body.length}\r\n` +
    `Host: 127.0.0.1:${server.port}\r\nConnection: keep-alive\r\n\r\n${body}`
  expect(Buffer.from(bytes!).toString()).toBe(sent('one') + sent('two!'))
  expect(others).toEqual([])
  expect((await start({ script: [json({})] })).received()).toEqual([])
})

test('the same seed gives the same chances, another seed others', async () => {
  const draws = async (seed: number): Promise<number[]> => {
    const { url } = await start({ handler: (request) => json(request.random()), seed })
    return [(await (await fetch(url)).json()) as number, (await (await fetch(url)).json()) as number]
  }
  const first = await draws(7)
  expect(await draws(7)).toEqual(first)
  expect(await draws(8)).not.toEqual(first)
})

test('counts connections and tells reused ones by their number', async () => {
  const server = await start({ script: [json({})] })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await requestOver(agent, server.port)
  await requestOver(agent, server.port)
  await requestOver(new Agent(), server.port)
  expect(server.journal.entries.map((entry) => entry.connectionId)).toEqual([1, 1, 2])
  expect(server.connections.total).toBe(2)
  agent.destroy()
  await expect.poll(() => server.connections.open).toBe(0)
  expect(server.connections.peak).toBe(2)
})

test('delayed waits before the first byte', async () => {
  const { url, journal } = await start({ script: [delayed(json({}), 50)] })
  await fetch(url)
  const entry = journal.entries[0]
  expect((entry?.settledAtMs ?? 0) - (entry?.atMs ?? 0)).toBeGreaterThan(48)
})

test('refuses connections and accepts them again on the same port', async () => {
  const server = await start({ script: [json({})] })
  for (let round = 1; round <= 10; round += 1) {
    await fetch(server.url)
    await server.refuseConnections()
    await server.refuseConnections()
    await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await server.acceptConnections()
    expect((await fetch(server.url)).status).toBe(200)
  }
})

test('use() changes what happens from the next request on', async () => {
  const server = await start({ script: [respond(503)] })
  expect((await fetch(server.url)).status).toBe(503)
  server.use({ 'GET /': json({}) })
  expect((await fetch(server.url)).status).toBe(200)
})

test('close() ends calls that stall and leaves neither listener nor connection', async () => {
  const server = await createFaultServer({ script: [stall()] })
  const pending = fetch(server.url)
  const failed = expect(pending).rejects.toThrow()
  await expect.poll(() => server.journal.entries.length).toBe(1)
  await server.close()
  await failed
  await expect.poll(() => server.connections.open).toBe(0)
  expect(server.journal.entries[0]?.clientLeft).toBe(false)
  await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
})

test('a handler that throws answers 500 and makes close() fail, so that a test cannot overlook it', async () => {
  const server = await createFaultServer({
    handler: () => {
      throw new Error('broken handler')
    },
  })
  const response = await fetch(server.url)
  expect([response.status, await response.text()]).toEqual([500, 'fault server: handler failed: Error: broken handler'])
  await expect(server.close()).rejects.toThrow('a handler failed 1 time')
})

function requestOver(agent: Agent, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ agent, port, host: '127.0.0.1' }, (response) => {
      response.resume()
      response.once('end', resolve)
    })
    request.once('error', reject)
    request.end()
  })
}
