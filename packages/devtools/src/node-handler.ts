import type { Devtools } from './devtools.ts'

const MOST_BODY_BYTES = 16_384

/** What is used of Node's `IncomingMessage`, also as Express and Connect change it. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The path before a router cut its own part off. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined }
  /** What a body parser made of the body it read. */
  readonly body?: unknown
  readonly readableEnded: boolean
  iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<unknown>
}

/** What is used of Node's `ServerResponse`. */
export interface NodeResponse {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
  write(chunk: Uint8Array): boolean
  end(): unknown
  destroy(): unknown
  on(event: 'drain' | 'close', listener: () => void): unknown
}

const readBody = async (request: NodeRequest): Promise<string> => {
  if (request.readableEnded) return request.body === undefined ? '' : JSON.stringify(request.body)
  const decoder = new TextDecoder()
  let text = ''
  // The connection must outlive a body that is not read to its end, or there is no way to refuse it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true })
    // The handler refuses it; the rest need not be read to know that.
    if (text.length > MOST_BODY_BYTES) break
  }
  return text
}

const webRequest = async (request: NodeRequest, signal: AbortSignal): Promise<Request | undefined> => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // Names of HTTP/2 that begin with a colon are no headers.
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, typeof value === 'string' ? value : value.join(', '))
  }
  const authority = request.headers[':authority']
  const host = headers.get('host') ?? (typeof authority === 'string' ? authority : '')
  headers.set('host', host)
  const { method = 'GET' } = request
  const base = `http://${host}`
  const target = request.originalUrl ?? request.url ?? '/'
  if (!URL.canParse(target, base)) return undefined
  const url = new URL(target, base)
  // A request line with a whole URL names a host of its own; the header is what is checked.
  if (url.host !== new URL(base).host) return undefined
  return new Request(url, { method, headers, body: method === 'POST' ? await readBody(request) : null, signal })
}

const sendBody = async (
  body: ReadableStream<Uint8Array>,
  response: NodeResponse,
  signal: AbortSignal,
): Promise<void> => {
  const reader = body.getReader()
  let wake = (): void => undefined
  response.on('drain', () => {
    wake()
  })
  signal.addEventListener('abort', () => {
    void reader.cancel().catch(() => undefined)
    wake()
  })
  for (;;) {
    const { done, value } = await reader.read()
    if (done || signal.aborted) return
    if (response.write(value)) continue
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
}

const answer = async (tools: Devtools, request: NodeRequest, response: NodeResponse): Promise<void> => {
  const closed = new AbortController()
  response.on('close', () => {
    closed.abort()
  })
  const given = await webRequest(request, closed.signal)
  if (given === undefined) {
    response.statusCode = 400
    response.end()
    return
  }
  const { remoteAddress } = request.socket
  const answered = await tools(given, { remoteAddress })
  response.statusCode = answered.status
  for (const [name, value] of answered.headers) response.setHeader(name, value)
  if (answered.body !== null && given.method !== 'HEAD') await sendBody(answered.body, response, closed.signal)
  response.end()
}

/**
 * Puts the page into a Node server: `createServer(nodeHandler(tools))`, or `app.use(nodeHandler(tools))` in Express.
 *
 * With a `next`, requests outside the page's path are passed on; without one they get a 404.
 */
export const nodeHandler =
  (tools: Devtools) =>
  (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void): void => {
    const [path = '/'] = (request.originalUrl ?? request.url ?? '/').split('?', 1)
    if (next !== undefined && !`${path}/`.startsWith(tools.path)) {
      next()
      return
    }
    answer(tools, request, response).catch((error: unknown) => {
      if (next !== undefined && !response.headersSent) next(error)
      else if (response.headersSent) response.destroy()
      else {
        response.statusCode = 500
        response.end()
      }
    })
  }
