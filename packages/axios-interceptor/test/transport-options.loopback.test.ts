import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo, Server } from 'node:net'
import { json, redirect, respond } from '@holdfast/fault-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FETCH_CLIENTS, VERSIONS } from './axios-versions.ts'
import { quickPolicy, serve } from './support.ts'

const flaky = [respond(503), respond(503), json({ value: 1 })] as const

const listen = async (server: Server, where: { path: string } | { port: 0; host: '127.0.0.1' }): Promise<void> => {
  await new Promise<void>((resolve) => server.listen(where, resolve))
  onTestFinished(() => {
    server.close()
  })
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** Answers 503 twice, then 200, and keeps what each request asked for. */
const flakyHandler = () => {
  const urls: (string | undefined)[] = []
  const handler = (
    request: Pick<IncomingMessage, 'url'>,
    response: Pick<ServerResponse, 'writeHead' | 'end'>,
  ): void => {
    urls.push(request.url)
    response.writeHead(urls.length < 3 ? 503 : 200)
    response.end('ok')
  }
  return { urls, handler }
}

describe.each(VERSIONS)('options of the http adapter on $label', (client) => {
  it('case 28: every attempt goes through the socketPath', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    const socketPath = join(folder, 'socket')
    const { urls, handler } = flakyHandler()
    await listen(createServer(handler), { path: socketPath })
    const options = { socketPath, allowedSocketPaths: [socketPath] }
    expect((await client.attached({}, quickPolicy()).get('http://localhost/items', options)).status).toBe(200)
    expect(urls).toEqual(Array(3).fill('/items'))
  })

  it('case 28: every attempt goes through the proxy', async () => {
    const { urls, handler } = flakyHandler()
    const server = createServer(handler)
    await listen(server, { port: 0, host: '127.0.0.1' })
    const proxy = { protocol: 'http', host: '127.0.0.1', port: portOf(server) }
    const response = await client.attached({}, quickPolicy()).get('http://shop.test/items', { proxy })
    expect([response.status, response.config.proxy]).toEqual([200, proxy])
    expect(urls).toEqual(Array(3).fill('http://shop.test/items'))
  })

  it('case 28: every attempt is sent over HTTP/2, where axios has it', async () => {
    const { urls, handler } = flakyHandler()
    const server = createHttp2Server()
    server.on('request', handler)
    const http1 = await serve({ script: flaky })
    await listen(server, { port: 0, host: '127.0.0.1' })
    if (client.isFrom(13)) {
      const api = client.attached({ httpVersion: 2, http2Options: { sessionTimeout: 100 } }, quickPolicy())
      expect((await api.get(`http://127.0.0.1:${portOf(server as unknown as Server)}/items`)).status).toBe(200)
      expect(urls).toEqual(Array(3).fill('/items'))
    } else {
      // Older versions do not know the option and speak HTTP/1.1.
      expect((await client.attached({ httpVersion: 2 }, quickPolicy()).get(http1.url)).status).toBe(200)
      expect(http1.journal.count()).toBe(3)
    }
  })

  it('cases 28 and 46: beforeRedirect, lookup, maxRate and custom keys reach every attempt, from the first URL on', async () => {
    const server = await serve({ script: [redirect('/there'), respond(503), redirect('/there'), json({})] })
    let redirects = 0
    let lookups = 0
    const seen: unknown[] = []
    const maxRate: [number, number] = [1e6, 1e6]
    await client.attached({}, quickPolicy()).get('/here', {
      baseURL: server.url.replace('127.0.0.1', 'shop.test'),
      adapter: (config) => {
        seen.push((config as { custom?: unknown }).custom, config.maxRate)
        return client.axios.getAdapter('http')(config)
      },
      beforeRedirect: () => {
        redirects += 1
      },
      lookup: (_host, _options, done) => {
        lookups += 1
        done(null, '127.0.0.1', 4)
      },
      maxRate,
      ...{ custom: 'kept' },
    })
    expect(server.journal.entries.map(({ path }) => path)).toEqual(['/here', '/there', '/here', '/there'])
    expect([redirects, seen]).toEqual([2, ['kept', maxRate, 'kept', maxRate]])
    expect(lookups).toBeGreaterThan(0)
  })
})

describe.each(FETCH_CLIENTS)('options of $label', (client) => {
  it('case 28: env.fetch is called for every attempt, where axios has it', async () => {
    const server = await serve({ script: flaky })
    let calls = 0
    const env = {
      fetch: (...args: Parameters<typeof fetch>) => {
        calls += 1
        return fetch(...args)
      },
    }
    await client.attached({ baseURL: server.url }, quickPolicy()).get('/', { env })
    // axios 1.7 takes the global one, whatever the config says.
    expect([calls, server.journal.count()]).toEqual([client.isFrom(12) ? 3 : 0, 3])
  })
})
