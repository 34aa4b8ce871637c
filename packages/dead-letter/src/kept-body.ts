import type { BodyState } from './letter.ts'

/** Largest body a letter may carry. */
export const MOST_BODY_BYTES = 262_144

export interface KeptBody {
  readonly bytes: Uint8Array | undefined
  readonly state: BodyState
  /** What `fetch` would have said about the body, such as the boundary of a form. */
  readonly contentType: string | undefined
}

const NO_BODY: KeptBody = { bytes: undefined, state: 'none', contentType: undefined }
const without = (state: BodyState): KeptBody => ({ bytes: undefined, state, contentType: undefined })

const readAtMost = async (stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> => {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    bytes += value.byteLength
    if (bytes > maxBytes) {
      // Its other branch may never be read, so nobody waits.
      reader.cancel().catch(() => undefined)
      return undefined
    }
    chunks.push(value)
  }
}

const isSized = (body: unknown): body is string | ArrayBuffer | ArrayBufferView | Blob =>
  typeof body === 'string' || body instanceof ArrayBuffer || ArrayBuffer.isView(body) || body instanceof Blob

const leastBytes = (body: string | ArrayBuffer | ArrayBufferView | Blob): number =>
  typeof body === 'string' ? body.length : body instanceof Blob ? body.size : body.byteLength

/**
 * The bytes of a body as `fetch` or axios got it, bounded; what can be read once only is not kept.
 *
 * @param isReplayable - Whether the client can read the body again.
 */
export const keepBody = async (body: unknown, isReplayable: boolean, maxBytes: number): Promise<KeptBody> => {
  if (body === undefined || body === null) return NO_BODY
  if (!isReplayable) return without('one-shot')
  if (body instanceof Request) {
    if (body.body === null) return NO_BODY
    if (body.bodyUsed) return without('one-shot')
    const bytes = await readAtMost(body.clone().body as ReadableStream<Uint8Array>, maxBytes)
    return bytes === undefined ? without('too-large') : { bytes, state: 'stored', contentType: undefined }
  }
  if (isSized(body)) {
    if (leastBytes(body) > maxBytes) return without('too-large')
  } else if (!(body instanceof FormData) && !(body instanceof URLSearchParams)) {
    return without('one-shot')
  }
  const asSent = new Response(body as string | Blob | FormData | URLSearchParams | ArrayBuffer)
  const bytes = asSent.body === null ? new Uint8Array() : await readAtMost(asSent.body, maxBytes)
  if (bytes === undefined) return without('too-large')
  return { bytes, state: 'stored', contentType: asSent.headers.get('content-type') ?? undefined }
}
