import type { Clock } from '../clock.ts'

const MOST_BYTES = 512 * 1_024
const LONGEST_MS = 250

/**
 * Frees the connection of a response nobody will read: drained when small, cancelled when large or slow.
 *
 * An unread body holds its socket, and cancelling costs a new connection; draining keeps it. Never rejects.
 */
export const drainOrCancel = async (response: Response, clock: Clock): Promise<void> => {
  const { body } = response
  if (body === null || body.locked) return
  const reader = body.getReader()
  // A tee branch may never finish cancelling, so nobody waits for it.
  const cancel = (): void => {
    reader.cancel().catch(() => undefined)
  }
  if (Number(response.headers.get('content-length')) > MOST_BYTES) {
    cancel()
    return
  }
  const timer = clock.setTimer(cancel, LONGEST_MS)
  try {
    let bytes = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      bytes += (value as Uint8Array).byteLength
      if (bytes > MOST_BYTES) {
        cancel()
        break
      }
    }
  } catch {
    // The connection broke: there is nothing left to free.
  } finally {
    clock.clearTimer(timer)
  }
}
