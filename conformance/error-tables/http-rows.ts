import type { TableRow } from './proof.ts'

/** A row of the table of HTTP statuses. */
export interface StatusRow {
  readonly statuses: readonly number[]
  readonly category: 'transient' | 'permanent'
  readonly retry: 'never' | 'if-idempotent' | 'always'
  readonly breaker: 'failure' | 'success' | 'ignore'
  readonly overload: boolean
  readonly maxRetries?: number
}

const row = (
  statuses: string,
  category: StatusRow['category'],
  retry: StatusRow['retry'],
  breaker: StatusRow['breaker'],
  overload = false,
  maxRetries?: number,
): StatusRow => ({
  statuses: statuses.split(' ').map(Number),
  category,
  retry,
  breaker,
  overload,
  ...(maxRetries === undefined ? {} : { maxRetries }),
})

/** Answers that are no failure. */
export const SUCCESSES = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 304] as const

export const STATUS_ROWS: readonly StatusRow[] = [
  row('300 301 302 303 305 307 308', 'permanent', 'never', 'success'),
  row('400 401 402 403 404 405 406 410 411 412 414 415 416 417 418 426 428 431 451', 'permanent', 'never', 'success'),
  row('407 511', 'permanent', 'never', 'ignore'),
  row('408', 'transient', 'if-idempotent', 'ignore'),
  row('409 413 422 424', 'permanent', 'never', 'success'),
  row('421 425', 'transient', 'always', 'success', false, 1),
  row('423', 'transient', 'if-idempotent', 'success'),
  row('429', 'transient', 'if-idempotent', 'ignore', true),
  row('500', 'transient', 'if-idempotent', 'failure'),
  row('501 505 506 508 510', 'permanent', 'never', 'success'),
  row('502 504 520 521 522 523 524 527 530', 'transient', 'if-idempotent', 'failure', true),
  row('503 529', 'transient', 'if-idempotent', 'failure', true),
  row('507 525 526', 'permanent', 'never', 'failure'),
  row('598 599', 'transient', 'if-idempotent', 'failure', true),
]

/** What a header, a body or a key of ours makes of a status. */
export interface StatusNote {
  readonly name: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly ownKey?: boolean
  readonly verdict: object
}

export const STATUS_NOTES: readonly StatusNote[] = [
  {
    name: '409 to our idempotency key',
    status: 409,
    ownKey: true,
    verdict: { category: 'transient', retry: 'if-idempotent' },
  },
  { name: '413 with Retry-After', status: 413, headers: { 'retry-after': '1' }, verdict: { retry: 'if-idempotent' } },
  { name: '429 with Retry-After', status: 429, headers: { 'retry-after': '1' }, verdict: { retry: 'always' } },
  {
    name: '429 #quota-exceeded',
    status: 429,
    body: '{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded"}',
    verdict: { retry: 'always' },
  },
  {
    name: '429 #abnormal-usage-detected',
    status: 429,
    body: '{"type":"https://iana.org/assignments/http-problem-types#abnormal-usage-detected"}',
    verdict: { category: 'permanent', retry: 'never' },
  },
  {
    name: '500 with Idempotent-Replayed',
    status: 500,
    headers: { 'idempotent-replayed': 'true' },
    verdict: { category: 'permanent', retry: 'never' },
  },
  { name: '503 with Retry-After: 0', status: 503, headers: { 'retry-after': '0' }, verdict: { retry: 'always' } },
  { name: '503 with x-should-retry', status: 503, headers: { 'x-should-retry': 'true' }, verdict: { retry: 'always' } },
]

export const STATUS_TABLE: readonly TableRow[] = [
  { row: 'success', signals: SUCCESSES.map(String) },
  ...STATUS_ROWS.map(({ statuses }) => ({ row: String(statuses[0]), signals: statuses.map(String) })),
  { row: 'notes', signals: STATUS_NOTES.map(({ name }) => name) },
]
