import { safeText } from '../safe-read.ts'

// Each pattern is over bounded or disjoint classes, so that a text of any kind takes linear time.
const VARIABLE: readonly (readonly [pattern: RegExp, token: string])[] = [
  [/\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>]+/gi, '<url>'],
  [/\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi, '<uuid>'],
  [/"[^"]{0,200}"|'[^']{0,200}'|`[^`]{0,200}`/g, '<text>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<ip>'],
  [/\b(?:0x)?(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{8,64}\b/gi, '<hex>'],
  [/\d+/g, '<n>'],
]
const LONGEST_MESSAGE = 300

/** A message without what differs from one time to the next: addresses, ids, quoted words, numbers. */
export const normaliseMessage = (message: string): string => {
  let text = message.slice(0, LONGEST_MESSAGE)
  for (const [pattern, token] of VARIABLE) text = text.replace(pattern, token)
  return text
}

/** FNV-1a, 53 bits: short, quick and even; nobody gains by a collision. */
const hash = (text: string): string => {
  let low = 0x811c9dc5
  let high = 0xcbf29ce4
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ (code + index), 0x01000197)
  }
  return (low >>> 0).toString(36).padStart(7, '0') + (high >>> 0).toString(36).padStart(7, '0')
}

const FRAME = '\n    at '
const MOST_FRAMES = 20

// By hand and not by a pattern: this is most of what a fingerprint costs.
const fileOf = (frame: string): string => {
  const open = frame.lastIndexOf('(')
  const place = open < 0 ? frame : frame.slice(open + 1, -1)
  const column = place.lastIndexOf(':')
  const line = place.lastIndexOf(':', column - 1)
  const file = line <= 0 ? place : place.slice(0, line)
  const name = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'))
  const folder = Math.max(file.lastIndexOf('/', name - 1), file.lastIndexOf('\\', name - 1))
  return file.slice(folder + 1).replace('\\', '/')
}

/** The innermost frame of the application itself; line numbers move with every release and are left out. */
const ownFrame = (error: unknown): string => {
  const stack = safeText(error, 'stack')
  let from = stack.indexOf(FRAME)
  for (let seen = 0; from >= 0 && seen < MOST_FRAMES; seen += 1) {
    const end = stack.indexOf('\n', from + 1)
    const frame = stack.slice(from + FRAME.length, end < 0 ? undefined : end)
    if (!frame.includes('/node_modules/') && !frame.includes('(node:') && !frame.startsWith('node:')) {
      return fileOf(frame)
    }
    from = end < 0 ? -1 : stack.indexOf(FRAME, end)
  }
  return ''
}

/** What beside the error itself tells one kind of failure from another. */
export interface FingerprintContext {
  readonly upstream?: string | undefined
  /** The operation or the route's template, never a URL with ids. */
  readonly route?: string | undefined
}

/**
 * One short name for all occurrences of one kind of failure: name, code, upstream, route, message without what varies,
 * and the innermost frame of the application.
 */
export const fingerprintOf = (error: unknown, { upstream = '', route = '' }: FingerprintContext = {}): string => {
  const message = typeof error === 'string' ? error : safeText(error, 'message')
  return hash(
    [
      safeText(error, 'name'),
      safeText(error, 'code'),
      upstream,
      route,
      normaliseMessage(message),
      ownFrame(error),
    ].join('\n'),
  )
}
