import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'

/** Decides what happens to one request; may change state of its own before it answers. */
export type Handler = (request: ReceivedRequest) => Answer | Promise<Answer>

/** A request as a handler sees it. Its body is read when asked for, else just before the answer is sent. */
export interface ReceivedRequest {
  readonly seq: number
  /** Milliseconds since the server was made. */
  readonly atMs: number
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Header fields with lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Values of the `:name` segments of the matching route. */
  readonly params: Readonly<Record<string, string>>
  readonly connectionId: number
  /** A number in [0, 1) from the server's seed; one sequence for the whole server. */
  readonly random: () => number
  /** Reads the body to its end; rejects when the client leaves in the middle. */
  bytes(): Promise<Uint8Array>
  /** The body as UTF-8 text. */
  text(): Promise<string>
  /** The body as JSON. */
  json(): Promise<unknown>
  /** The same request with the values of a route's segments. */
  withParams(params: Readonly<Record<string, string>>): ReceivedRequest
}

/** Facts about a request that the server has at hand when the header section is complete. */
export interface RequestHead {
  readonly seq: number
  readonly atMs: number
  readonly connectionId: number
  readonly random: () => number
}

/** Wraps Node's request; the body is read at most once. */
export function receiveRequest(message: IncomingMessage, head: RequestHead): ReceivedRequest {
  const [path, query] = splitOnce(message.url ?? '/', '?')
  let reading: Promise<Uint8Array> | undefined
  const bytes = (): Promise<Uint8Array> => (reading ??= readBody(message))
  const received: ReceivedRequest = {
    ...head,
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: flattenHeaders(message),
    params: {},
    bytes,
    text: async () => Buffer.from(await bytes()).toString('utf8'),
    json: async () => JSON.parse(Buffer.from(await bytes()).toString('utf8')) as unknown,
    withParams: (params) => ({ ...received, params }),
  }
  return received
}

/** Lower-case hexadecimal SHA-256. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of message) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

function flattenHeaders(message: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values !== undefined) flat[name] = values.join(', ')
  }
  return flat
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)]
}
