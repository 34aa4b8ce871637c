import type { Clock } from '@holdfast/core'

/** The part of a Node stream that is used here; no Node module is imported, so that browsers can load this. */
export interface NodeStream {
  readonly destroyed: boolean
  readonly readableEnded: boolean
  readonly readableLength: number
  readonly readableFlowing: boolean | null
  on(event: 'data', listener: (chunk: { readonly length: number }) => void): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
  once(event: 'end' | 'close', listener: () => void): unknown
  off(event: string, listener: (...args: never[]) => void): unknown
  listenerCount(event: string): number
  resume(): unknown
  destroy(error?: unknown): unknown
}

/** What `responseType: 'stream'` gives: a Node stream from the http adapter, a web stream from the fetch adapter. */
export type StreamBody = NodeStream | ReadableStream<Uint8Array>

export const isNodeStream = (data: unknown): data is NodeStream =>
  typeof data === 'object' &&
  data !== null &&
  'pipe' in data &&
  typeof (data as Partial<NodeStream>).destroy === 'function'

export const isWebStream = (data: unknown): data is ReadableStream<Uint8Array> =>
  typeof data === 'object' && data !== null && 'getReader' in data

const MOST_BYTES = 512 * 1_024
const LONGEST_MS = 250

const drainNodeStream = (stream: NodeStream, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    let bytes = 0
    const timer = clock.setTimer(() => stream.destroy(), LONGEST_MS)
    const end = (): void => {
      clock.clearTimer(timer)
      resolve()
    }
    // Nobody else listens any more; without this a reset here would end the process.
    stream.on('error', end)
    stream.once('end', end)
    stream.once('close', end)
    stream.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) stream.destroy()
    })
    stream.resume()
  })

const drainWebStream = async (stream: ReadableStream<Uint8Array>, clock: Clock): Promise<void> => {
  if (stream.locked) return
  const reader = stream.getReader()
  // Cancelling one branch of a tee may never finish, so nobody waits for it.
  const cancel = (): void => {
    reader.cancel().catch(() => undefined)
  }
  const timer = clock.setTimer(cancel, LONGEST_MS)
  try {
    let bytes = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      bytes += value.byteLength
      if (bytes > MOST_BYTES) {
        cancel()
        return
      }
    }
  } catch {
    // The connection broke: there is nothing left to free.
  } finally {
    clock.clearTimer(timer)
  }
}

/**
 * Frees the socket of a streamed answer nobody will read: drained up to 512 kB or 250 ms, else destroyed.
 *
 * A drained connection is used again; an unread one is held for ever. Never rejects.
 */
export const drainOrDestroy = (data: unknown, contentLength: number, clock: Clock): Promise<void> | undefined => {
  if (isNodeStream(data)) {
    if (data.destroyed || data.readableEnded) return undefined
    if (contentLength > MOST_BYTES) {
      data.on('error', () => undefined)
      data.destroy()
      return undefined
    }
    return drainNodeStream(data, clock)
  }
  return isWebStream(data) ? drainWebStream(data, clock) : undefined
}
