import type { NewDeadLetter } from '@holdfast/dead-letter'
import { v7 as uuid } from 'uuid'

/** A letter as the strategy would make it, with changes. */
export const letter = (changes: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
  id: uuid(),
  upstream: 'shop',
  origin: 'http://127.0.0.1:1',
  method: 'POST',
  path: '/orders',
  headers: {},
  contentType: 'application/json',
  body: new TextEncoder().encode('{}'),
  bodyState: 'stored',
  bodyKeyId: undefined,
  idempotencyKey: `key-${uuid()}`,
  orderKey: undefined,
  principal: undefined,
  errorCode: 'http-503',
  errorClass: 'transient',
  httpStatus: 503,
  fingerprint: 'shop POST /orders http-503',
  traceId: undefined,
  attempts: 3,
  isProvenUnsent: false,
  dropped: [],
  failedAtMs: Date.now(),
  keepMs: 86_400_000,
  ...changes,
})
