import { watchOf } from '../adapters/watched-response.ts'
import type { PackedAnswer } from '../call.ts'

// They describe how the answer came over the wire, or belong to one receiver alone.
const LEFT_OUT: ReadonlySet<string> = new Set([
  'age',
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The headers of an answer that may be stored. */
export const storableHeaders = (headers: Iterable<readonly [string, string]>): readonly (readonly [string, string])[] =>
  [...headers].map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => !LEFT_OUT.has(name))

const readUpTo = async (
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  stop: AbortSignal,
  gaveUp: () => void,
): Promise<Uint8Array | undefined> => {
  const reader = body.getReader()
  const giveUp = (): void => {
    reader.cancel().catch(() => undefined)
    gaveUp()
  }
  if (stop.aborted) giveUp()
  stop.addEventListener('abort', giveUp)
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    // A cancelled stream ends like one that is complete.
    if (stop.aborted) return undefined
    if (done) break
    length += value.byteLength
    if (length > maxBytes) {
      giveUp()
      return undefined
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

/**
 * A `Response` as data, read from a clone while the caller reads the other half.
 *
 * @param stop - Aborts when the caller has given its half up: the rest is not fetched for the store alone.
 * @returns `undefined` for one that is too large, was used already or broke off.
 */
export const packResponse = async (
  response: Response,
  maxBytes: number,
  stop: AbortSignal,
): Promise<PackedAnswer | undefined> => {
  const length = Number(response.headers.get('content-length') ?? 0)
  if (response.bodyUsed || length > maxBytes) return undefined
  const { status, statusText } = response
  const headers = storableHeaders(response.headers)
  const body = response.body === null ? null : response.clone().body
  if (body === null) return { status, statusText, headers, body: new Uint8Array() }
  const bytes = await readUpTo(body, maxBytes, stop, () => {
    watchOf(response)?.cloneGivenUp()
  })
  return bytes === undefined ? undefined : { status, statusText, headers, body: bytes }
}

/** The `Response` of a stored answer; its `url` is that of the request. */
export const unpackResponse = (answer: PackedAnswer, url: string): Response => {
  const { status, statusText } = answer
  const isBodyless = status === 204 || status === 205
  const headers = answer.headers.map(([name, value]): [string, string] => [name, value])
  const response = new Response(isBodyless ? null : (answer.body as BodyInit), { status, statusText, headers })
  return Object.defineProperty(response, 'url', { value: url, configurable: true })
}
