import type { BodyState, DeadLetter, LetterErrorClass, LetterStatus, NewDeadLetter } from '../letter.ts'
import type { Row, SqlValue } from './dialect.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const textOrNone = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
// PostgreSQL hands 64-bit integers over as text.
export const numberOf = (value: unknown): number => Number(value)
const numberOrNone = (value: unknown): number | undefined => (value == null ? undefined : Number(value))

const parsed = (value: unknown): unknown => {
  try {
    return JSON.parse(text(value))
  } catch {
    // A row that somebody has written by hand: sending it is refused later, showing it is not.
    return undefined
  }
}

const headersOf = (value: unknown): Readonly<Record<string, string>> => {
  const found = parsed(value)
  // Without a prototype, because the names come from outside.
  const headers = Object.create(null) as Record<string, string>
  if (typeof found !== 'object' || found === null) return headers
  for (const [name, header] of Object.entries(found)) headers[name] = String(header)
  return headers
}

export const letterOf = (row: Row): DeadLetter => {
  const body = row['body']
  const dropped = parsed(row['dropped'])
  return {
    seq: numberOf(row['seq']),
    id: text(row['id']),
    upstream: text(row['upstream']),
    origin: text(row['origin']),
    method: text(row['method']),
    path: text(row['path']),
    headers: headersOf(row['headers']),
    contentType: textOrNone(row['content_type']),
    body: body instanceof Uint8Array ? new Uint8Array(body) : undefined,
    bodyState: text(row['body_state']) as BodyState,
    bodyKeyId: textOrNone(row['body_key_id']),
    idempotencyKey: textOrNone(row['idem_key']),
    orderKey: textOrNone(row['order_key']),
    principal: textOrNone(row['principal_ref']),
    errorCode: text(row['error_code']),
    errorClass: text(row['error_class']) as LetterErrorClass,
    httpStatus: numberOrNone(row['http_status']),
    fingerprint: text(row['fingerprint']),
    traceId: textOrNone(row['trace_id']),
    dropped: Array.isArray(dropped) ? dropped.map(String) : [],
    attempts: numberOf(row['attempts']),
    replays: numberOf(row['replays']),
    unsentAtReplay: numberOrNone(row['unsent_at_replay']),
    firstFailedAtMs: numberOf(row['first_failed_at']),
    lastFailedAtMs: numberOf(row['last_failed_at']),
    visibleAtMs: numberOf(row['visible_at']),
    status: text(row['status']) as LetterStatus,
    parkReason: textOrNone(row['park_reason']),
    replayedAtMs: numberOrNone(row['replayed_at']),
    replayStatus: numberOrNone(row['replay_status']),
    expiresAtMs: numberOf(row['expires_at']),
  }
}

/** Bytes a letter is counted with. */
export const sizeOf = (letter: NewDeadLetter): number =>
  letter.path.length + JSON.stringify(letter.headers).length + (letter.body?.byteLength ?? 0)

export const INSERTED = [
  'id',
  'upstream',
  'origin',
  'method',
  'path',
  'headers',
  'content_type',
  'body',
  'body_state',
  'body_key_id',
  'idem_key',
  'order_key',
  'principal_ref',
  'error_code',
  'error_class',
  'http_status',
  'fingerprint',
  'trace_id',
  'dropped',
  'attempts',
  'unsent_at_replay',
  'size_bytes',
] as const

/** The values of {@link INSERTED}. */
export const valuesOf = (letter: NewDeadLetter): readonly SqlValue[] => [
  letter.id,
  letter.upstream,
  letter.origin,
  letter.method,
  letter.path,
  JSON.stringify(letter.headers),
  letter.contentType ?? null,
  letter.body ?? null,
  letter.bodyState,
  letter.bodyKeyId ?? null,
  letter.idempotencyKey ?? null,
  letter.orderKey ?? null,
  letter.principal ?? null,
  letter.errorCode,
  letter.errorClass,
  letter.httpStatus ?? null,
  letter.fingerprint,
  letter.traceId ?? null,
  JSON.stringify(letter.dropped),
  letter.attempts,
  letter.isProvenUnsent ? 0 : null,
  sizeOf(letter),
]
