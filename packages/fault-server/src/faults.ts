import type {
  ConnectionEnding,
  DisconnectAnswer,
  DisconnectPoint,
  RawAnswer,
  ResponseAnswer,
  StallAnswer,
} from './answer.ts'
import { integerInRange, nonNegative, oneOf } from './option-checks.ts'

const disconnectPoints: readonly DisconnectPoint[] = [
  'before-reading',
  'after-reading',
  'while-headers',
  'after-headers',
]

/**
 * The connection is reset (TCP RST).
 * @param at `before-reading`: the body is not read, nothing was done. `after-reading`: the request was carried out and
 *   no byte of an answer is sent. `while-headers`: half a header section. `after-headers`: headers, no body
 */
export function reset(at: DisconnectPoint = 'after-reading', processed?: boolean): DisconnectAnswer {
  return disconnect(at, 'reset', processed)
}

/** As `reset`, but with an orderly end of stream (TCP FIN). */
export function hangUp(at: DisconnectPoint = 'after-reading', processed?: boolean): DisconnectAnswer {
  return disconnect(at, 'end', processed)
}

function disconnect(at: DisconnectPoint, ending: ConnectionEnding, processed: boolean | undefined): DisconnectAnswer {
  oneOf(`${ending === 'reset' ? 'reset' : 'hangUp'}: at`, at, disconnectPoints)
  return { kind: 'disconnect', at, ending, ...(processed === undefined ? {} : { processed }) }
}

/** The request is read and never answered. `processed` says whether it was carried out, default false. */
export function stall(processed = false): StallAnswer {
  return { kind: 'stall', processed }
}

/**
 * The announced length is right, the body stops early.
 * @param keep share of the body that is sent, 0 to 1, default 0.5
 * @param ending what follows: `end` (default), `reset`, or `stall` for silence on an open connection
 */
export function halfBody(
  answer: ResponseAnswer,
  { keep = 0.5, ending = 'end' }: { readonly keep?: number; readonly ending?: ConnectionEnding | 'stall' } = {},
): ResponseAnswer {
  if (!(keep >= 0 && keep <= 1)) throw new TypeError(`halfBody: keep must be a number from 0 to 1, got ${keep}`)
  const length = Buffer.byteLength(answer.body ?? '')
  return { ...answer, delivery: { mode: 'cut', afterBytes: Math.floor(length * keep), ending } }
}

/**
 * The body arrives in small pieces.
 * @param chunkBytes size of a piece, at least 1
 * @param everyMs pause between pieces, milliseconds
 */
export function drip(
  answer: ResponseAnswer,
  { chunkBytes, everyMs }: { readonly chunkBytes: number; readonly everyMs: number },
): ResponseAnswer {
  integerInRange('drip: chunkBytes', chunkBytes, 1, Number.MAX_SAFE_INTEGER)
  nonNegative('drip: everyMs', everyMs)
  return { ...answer, delivery: { mode: 'drip', chunkBytes, everyMs } }
}

/**
 * `content-length` differs from the bytes sent by `differenceBytes`. Positive: the client waits for bytes that never
 * come and then sees the connection end. Negative: it finds surplus bytes on a connection it believes to be idle.
 */
export function wrongLength(answer: ResponseAnswer, differenceBytes: number): ResponseAnswer {
  const length = Buffer.byteLength(answer.body ?? '')
  integerInRange('wrongLength: differenceBytes', differenceBytes, -length, Number.MAX_SAFE_INTEGER)
  return { ...answer, framing: 'content-length', declaredLength: length + differenceBytes }
}

/** The body is cut in the middle but announced with its shortened length: well-formed HTTP around broken JSON. */
export function truncatedText(answer: ResponseAnswer, keep = 0.5): ResponseAnswer {
  if (!(keep >= 0 && keep <= 1)) throw new TypeError(`truncatedText: keep must be a number from 0 to 1, got ${keep}`)
  const body = Buffer.from(answer.body ?? '')
  return { ...answer, body: body.subarray(0, Math.floor(body.length * keep)) }
}

/**
 * Bytes that are not HTTP.
 * @param bytes default: 32 bytes of binary noise
 */
export function garbage(
  bytes: string | Uint8Array = defaultNoise,
  ending: ConnectionEnding | 'stall' = 'end',
): RawAnswer {
  return { kind: 'raw', bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, ending }
}

const defaultNoise = Uint8Array.from({ length: 32 }, (_, index) => (index * 73 + 129) % 256)
