import { createServer as createHttp, get } from 'node:http'
import { connect, createServer as createHttp2, type Http2Server } from 'node:http2'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { holdRefusedPort, type RefusedPort } from '@holdfast/test-services'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { classify } from './classify.ts'

const open: Server[] = []
const listen = async (server: Server): Promise<string> => {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
const raw = (onConnection: (socket: Socket) => void): Promise<string> =>
  listen(
    createServer((socket) => {
      socket.on('error', () => undefined)
      onConnection(socket)
    }),
  )
const afterRequest = (answer: (socket: Socket) => void) =>
  raw((socket) => void socket.once('data', () => answer(socket)))

const started = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello'
let url: Record<
  | 'closed'
  | 'resetOnAccept'
  | 'reset'
  | 'closedEarly'
  | 'cut'
  | 'cutByReset'
  | 'garbage'
  | 'gzip'
  | 'stalled'
  | 'redirects'
  | 'plain',
  string
>

let refused: RefusedPort

beforeAll(async () => {
  refused = await holdRefusedPort()
  url = {
    closed: `http://127.0.0.1:${refused.port}/`,
    resetOnAccept: await raw((socket) => void socket.resetAndDestroy()),
    reset: await afterRequest((socket) => void socket.resetAndDestroy()),
    closedEarly: await afterRequest((socket) => void socket.end()),
    cut: await afterRequest((socket) => void socket.end(started)),
    cutByReset: await afterRequest((socket) => {
      socket.write(started, () => setTimeout(() => socket.resetAndDestroy(), 50))
    }),
    garbage: await afterRequest((socket) => void socket.end('garbage\r\n\r\n')),
    gzip: await afterRequest(
      (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello'),
    ),
    stalled: await afterRequest(() => undefined),
    redirects: await afterRequest(
      (socket) =>
        void socket.end('HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'),
    ),
    plain: await listen(createHttp((_, response) => void response.end('ok'))),
  }
})
afterAll(async () => {
  await refused.release()
  await Promise.all(
    open.map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve)
          if ('closeAllConnections' in server) (server as ReturnType<typeof createHttp>).closeAllConnections()
        }),
    ),
  )
})

const failureOf = async (attempt: () => Promise<unknown>): Promise<unknown> => {
  try {
    await attempt()
  } catch (error) {
    return error
  }
  throw new Error('the attempt was meant to fail')
}

describe('fetch of Node', () => {
  const fetchText = async (address: string, init?: RequestInit) => (await fetch(address, init)).text()

  test.each([
    ['closed', { code: 'connection-refused', sent: 'no', retry: 'always' }],
    ['reset', { code: 'connection-reset', sent: 'maybe', retry: 'if-idempotent' }],
    ['closedEarly', { code: 'connection-reset', sent: 'maybe', retry: 'if-idempotent' }],
    ['cut', { code: 'body-broken', category: 'partial', phase: 'body' }],
    ['cutByReset', { code: 'body-broken', category: 'partial', phase: 'body' }],
    ['gzip', { code: 'body-broken', category: 'partial', phase: 'body' }],
    ['garbage', { code: 'protocol-error', maxRetries: 1 }],
    ['redirects', { code: 'redirect-loop', retry: 'never', breaker: 'success' }],
  ] as const)('%s', async (name, line) => {
    for (const method of ['GET', 'POST'] as const) {
      const error = await failureOf(() => fetchText(url[name], method === 'POST' ? { method, body: 'x' } : { method }))
      expect(classify(error)).toMatchObject(line)
    }
  })

  test('a reset right after accept is proof only where the system says "connect"', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const found = classify(await failureOf(() => fetchText(url.resetOnAccept)))
      expect(found?.code).toBe('connection-reset')
      expect([found?.sent, found?.retry]).toEqual(
        found?.phase === 'connect' ? ['no', 'always'] : ['maybe', 'if-idempotent'],
      )
    }
  })

  test('TLS to a plain port', async () => {
    expect(classify(await failureOf(() => fetchText(url.plain.replace('http:', 'https:'))))).toMatchObject({
      code: 'tls-failure',
      retry: 'never',
      breaker: 'ignore',
    })
  })

  test('what the caller did wrong', async () => {
    for (const attempt of [() => fetch('gopher://x/'), () => fetch('http://127.0.0.1:6666/'), () => fetch('http://')]) {
      expect(classify(await failureOf(attempt))).toMatchObject({
        code: 'invalid-request',
        category: 'fatal',
        retry: 'never',
        breaker: 'ignore',
      })
    }
    const redirected = await failureOf(() => fetch(url.redirects, { redirect: 'error' }))
    expect(classify(redirected)).toMatchObject({ code: 'redirect-refused', retry: 'never' })
    for (const init of [{ headers: { a: 'b\nc' } }, { method: 'GET', body: 'x' }]) {
      expect(classify(await failureOf(() => fetch(url.plain, init)))).toMatchObject({
        retry: 'never',
        breaker: 'ignore',
      })
    }
  })

  test.each([
    ['an Error', new Error('stop')],
    ['a string', 'stop'],
    ['nothing', undefined],
  ])('aborted by the caller with %s', async (_, reason) => {
    const controller = new AbortController()
    setTimeout(() => {
      controller.abort(reason)
    }, 20)
    const error = await failureOf(() => fetch(url.stalled, { signal: controller.signal }))
    expect(classify(error, { signal: controller.signal })).toMatchObject({ code: 'caller-aborted', breaker: 'ignore' })
  })

  test("a timeout of the caller, and the same error without the caller's signal", async () => {
    const signal = AbortSignal.timeout(20)
    const error = await failureOf(() => fetch(url.stalled, { signal }))
    expect(classify(error, { signal })?.code).toBe('caller-timeout')
    expect(classify(error)).toMatchObject({ code: 'client-timeout', breaker: 'failure' })
  })
})

describe('node:http', () => {
  const getText = (address: string) => () =>
    new Promise((resolve, reject) => {
      get(address, (response) => {
        response
          .on('data', () => undefined)
          .on('end', resolve)
          .on('error', reject)
      }).on('error', reject)
    })

  test.each([
    ['closed', { code: 'connection-refused', retry: 'always' }],
    ['reset', { code: 'connection-reset', retry: 'if-idempotent' }],
    ['closedEarly', { code: 'connection-reset', retry: 'if-idempotent' }],
    ['cut', { code: 'body-broken', category: 'partial' }],
    ['garbage', { code: 'protocol-error' }],
  ] as const)('%s', async (name, line) => {
    expect(classify(await failureOf(getText(url[name])))).toMatchObject(line)
  })
})

describe('node:http2', () => {
  let server: Http2Server
  let address: string
  let resetCode = 0
  beforeAll(async () => {
    server = createHttp2()
    server.on('stream', (stream) => {
      stream.on('error', () => undefined)
      stream.close(resetCode)
    })
    address = await listen(server)
  })

  const NGHTTP2_INTERNAL_ERROR = 2
  const NGHTTP2_REFUSED_STREAM = 7
  test.each([
    [NGHTTP2_REFUSED_STREAM, { code: 'stream-refused', sent: 'no', retry: 'always', breaker: 'ignore' }],
    [NGHTTP2_INTERNAL_ERROR, { code: 'stream-reset', sent: 'maybe', retry: 'if-idempotent', breaker: 'failure' }],
  ])('reset with code %i', async (code, line) => {
    resetCode = code
    const session = connect(address)
    const error = await failureOf(
      () =>
        new Promise((resolve, reject) => {
          session.request({ ':path': '/' }).on('error', reject).on('end', resolve).resume()
        }),
    )
    session.destroy()
    expect(classify(error)).toMatchObject(line)
  })
})
