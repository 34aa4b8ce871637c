import { createServer, request as nodeRequest, type IncomingMessage, type Server } from 'node:http'
import { connect, createServer as createHttp2Server, type OutgoingHttpHeaders } from 'node:http2'
import { getRequestListener } from '@hono/node-server'
import { Policy } from '@holdfast/core'
import express from 'express'
import { Hono } from 'hono'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHandler } from '../src/index.ts'
import { framesOf, someTools } from './support.ts'
import { openShop, SECRET, TOKEN, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(async () => {
  await shop.close()
})

const listening = (server: Server): Promise<Server> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const ended = (server: Server): Promise<void> => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
const orderFrom = (origin: string, order: object): RequestInit => ({
  method: 'POST',
  headers: { origin, 'content-type': 'application/json', 'x-holdfast-token': TOKEN },
  body: JSON.stringify(order),
})

/** A request whose Host header can be anything, which fetch would not send. */
const raw = (url: string, headers: Record<string, string>): Promise<IncomingMessage & { text: string }> =>
  new Promise((resolve, reject) => {
    const request = nodeRequest(url, { headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(Object.assign(response, { text })))
    })
    request.on('error', reject)
    request.end()
  })

describe('in a Node server', () => {
  test('page and events come through, and a page that goes away is forgotten', async () => {
    const original = Policy.prototype.send
    const page = await fetch(shop.pageUrl)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('<title>Holdfast devtools</title>')
    const controller = new AbortController()
    const response = await fetch(`${shop.pageUrl}events`, { signal: controller.signal })
    const stream = framesOf(response)
    expect((await stream.next()).isFull).toBe(true)
    expect(shop.policies.tips.events.hearsAttempts).toBe(false)
    await shop.trouble()
    expect((await stream.next()).isFull).toBe(false)
    expect(Policy.prototype.send).not.toBe(original)
    controller.abort()
    await expect.poll(() => Policy.prototype.send).toBe(original)
  })

  test('a Host header of somebody else is refused, and so is a target that names another host', async () => {
    const refused = await raw(shop.pageUrl, { host: 'evil.example' })
    expect([refused.statusCode, JSON.parse(refused.text)]).toMatchObject([403, { error: 'not-loopback' }])
    const { port } = shop.server.address() as AddressInfo
    const absolute = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = nodeRequest(
        { port, host: '127.0.0.1', path: 'http://evil.example/devtools/', headers: { host: 'localhost' } },
        resolve,
      )
      request.on('error', reject)
      request.end()
    })
    absolute.resume()
    expect(absolute.statusCode).toBe(400)
  })

  test('an order is carried out with token and origin, and refused when it is too long', async () => {
    const { origin } = new URL(shop.pageUrl)
    const headers = { origin, 'content-type': 'application/json', 'x-holdfast-token': TOKEN }
    const order = { action: 'kill', service: 'tips', reason: 'slow' }
    const done = await fetch(`${shop.pageUrl}actions`, { method: 'POST', headers, body: JSON.stringify(order) })
    expect([done.status, shop.switches.killed.get('tips')]).toEqual([200, 'slow'])
    const long = JSON.stringify({ ...order, reason: 'x'.repeat(100_000) })
    const refused = await fetch(`${shop.pageUrl}actions`, { method: 'POST', headers, body: long })
    expect(refused.status).toBe(413)
    expect(shop.actions).toHaveLength(1)
  })

  test('in Express it passes on what is not below its path, and uses a body that was read before it', async () => {
    const tools = someTools({ allowActions: true, token: TOKEN, killSwitches: shop.switches })
    for (const mount of [
      (app: express.Express) => app.use(nodeHandler(tools)),
      (app: express.Express) => app.use('/devtools', nodeHandler(tools)),
    ]) {
      const app = express()
      app.use(express.json())
      mount(app)
      app.use((_request, response) => {
        response.send('the application')
      })
      const server = await listening(createServer(app))
      const base = urlOf(server)
      expect(await (await fetch(`${base}/orders`)).text()).toBe('the application')
      expect(await (await fetch(`${base}/devtools-of-another`)).text()).toBe('the application')
      const page = await fetch(`${base}/devtools`)
      expect([page.url, page.status]).toEqual([`${base}/devtools/`, 200])
      const done = await fetch(
        `${base}/devtools/actions`,
        orderFrom(base, { action: 'kill', service: 'search', reason: 'slow' }),
      )
      expect([done.status, shop.switches.isKilled('search')]).toEqual([200, true])
      shop.switches.revive('search')
      await ended(server)
    }
    tools.close()
  })

  test('in Hono, as the Web-standard handler it is', async () => {
    const tools = someTools({ allowActions: true, token: TOKEN, killSwitches: shop.switches })
    const app = new Hono()
    app.all('/devtools/*', (context) => tools(context.req.raw))
    app.notFound((context) => context.text('the application'))
    const listener = getRequestListener(app.fetch)
    const server = await listening(createServer((request, response) => void listener(request, response)))
    const base = urlOf(server)
    expect(await (await fetch(`${base}/orders`)).text()).toBe('the application')
    expect((await fetch(`${base}/devtools/`)).status).toBe(200)
    const original = Policy.prototype.send
    const controller = new AbortController()
    const stream = framesOf(await fetch(`${base}/devtools/events`, { signal: controller.signal }))
    expect((await stream.next()).isFull).toBe(true)
    expect(Policy.prototype.send).not.toBe(original)
    controller.abort()
    await expect.poll(() => Policy.prototype.send).toBe(original)
    const order = orderFrom(base, { action: 'kill', service: 'search', reason: 'slow' })
    expect((await fetch(`${base}/devtools/actions`, order)).status).toBe(200)
    expect(shop.switches.isKilled('search')).toBe(true)
    tools.close()
    await ended(server)
  })

  test('over HTTP/2, whose requests name their host otherwise', async () => {
    const tools = someTools({ path: '/' })
    const server = createHttp2Server(nodeHandler(tools))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = connect(`http://127.0.0.1:${port}`)
    const get = (headers: OutgoingHttpHeaders): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const stream = client.request(headers)
        stream.on('response', (answer) => {
          resolve(answer[':status'])
          stream.close()
        })
        stream.on('error', reject)
      })
    expect(await get({ ':path': '/' })).toBe(200)
    expect(await get({ ':path': '/events' })).toBe(200)
    expect(await get({ ':path': '/', ':authority': 'evil.example' })).toBe(403)
    client.destroy()
    tools.close()
    await new Promise((resolve) => server.close(resolve))
  })

  test('no planted secret reaches a page', async () => {
    const { catalog } = shop.policies
    shop.monitor.error(new Error(`login failed for https://bob:${SECRET}@api.example/?token=${SECRET}`), {
      upstream: 'login',
      route: `https://u:${SECRET}@h.example/x`,
    })
    const stream = framesOf(await fetch(`${shop.pageUrl}events`))
    const frames = [await stream.next()]
    await shop.trouble()
    await catalog.execute(() => 1, { key: `https://bob:${SECRET}@db.example/?password=${SECRET}` })
    catalog.forceOpen(`see https://wiki.example/?token=${SECRET}, password=${SECRET}`)
    await catalog.execute(() => 1, { key: `Bearer ${SECRET}` }).catch(() => undefined)
    shop.switches.kill('tips', `token=${SECRET}`)
    for (let more = 0; more < 3; more += 1) {
      frames.push(await stream.next())
      shop.policies.tips.forceOpen(`again, secret: ${SECRET}`)
    }
    await stream.cancel()
    const second = framesOf(await fetch(`${shop.pageUrl}events`))
    frames.push(await second.next())
    await second.cancel()
    const sent = JSON.stringify(frames)
    expect(sent).toContain('db.example')
    expect(sent).toContain('http-500')
    expect(sent).toContain('wiki.example')
    expect(sent).not.toContain(SECRET)
    expect(sent).not.toContain('planted')
    expect(sent).not.toContain(TOKEN)
  })
})
