import { safeRead } from '../safe-read.ts'
import { withoutUndefined } from '../without-undefined.ts'

/** A problem document of somebody else; all of it is what the other side claims. */
export interface UpstreamProblem {
  readonly type: string
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly instance?: string
  readonly code?: string
}

const MOST_BYTES = 8_192
const LONGEST_TEXT = 200

const readCapped = async (response: Response): Promise<string | undefined> => {
  const reader = response.body?.getReader()
  if (reader === undefined) return undefined
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > MOST_BYTES) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}

const textIn = (body: object, name: string): string | undefined => {
  const value = Object.hasOwn(body, name) ? safeRead(body, name) : undefined
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : undefined
}

/**
 * Reads the problem document of an upstream's answer; undefined when it is none, is larger than 8 kB or is broken.
 *
 * Only the members of RFC 9457 and `code` are taken, as own properties and cut to 200 characters. The body is read or
 * let go in every case.
 */
export const readProblem = async (response: Response): Promise<UpstreamProblem | undefined> => {
  if (!/^application\/problem\+json\b/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel()
    return undefined
  }
  try {
    const text = await readCapped(response)
    const body: unknown = text === undefined ? undefined : JSON.parse(text)
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
    const status = Object.hasOwn(body, 'status') ? safeRead(body, 'status') : undefined
    return withoutUndefined({
      type: textIn(body, 'type') ?? 'about:blank',
      title: textIn(body, 'title'),
      status: Number.isInteger(status) ? (status as number) : undefined,
      detail: textIn(body, 'detail'),
      instance: textIn(body, 'instance'),
      code: textIn(body, 'code'),
    }) as UpstreamProblem
  } catch {
    // What cannot be read is no problem document; the status of the response still says that it failed.
    return undefined
  }
}
