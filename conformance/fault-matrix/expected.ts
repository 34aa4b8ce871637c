import type { Verdict } from './cell.ts'

type Line = Omit<Verdict, 'code'>

const line = (
  category: Verdict['category'],
  sent: Verdict['sent'],
  retry: Verdict['retry'],
  breaker: Verdict['breaker'],
  overload: boolean,
  source: Verdict['source'] = 'origin',
): Line => ({ category, sent, retry, breaker, overload, source })

/** What every code stands for. */
export const LINES: Readonly<Record<string, Line>> = {
  'dns-not-found': line('permanent', 'no', 'always', 'failure', false, 'resolver'),
  'dns-temporary': line('transient', 'no', 'always', 'ignore', false, 'resolver'),
  'connection-refused': line('transient', 'no', 'always', 'failure', true),
  certificate: line('permanent', 'no', 'never', 'ignore', false),
  'tls-failure': line('permanent', 'no', 'never', 'ignore', false),
  'connection-reset': line('transient', 'maybe', 'if-idempotent', 'failure', true),
  'attempt-timeout': line('transient', 'maybe', 'if-idempotent', 'failure', true),
  'protocol-error': line('permanent', 'maybe', 'if-idempotent', 'failure', false),
  'redirect-loop': line('permanent', 'maybe', 'never', 'success', false),
  'body-broken': line('partial', 'yes', 'if-idempotent', 'failure', false),
  'deadline-exceeded': line('fatal', 'maybe', 'never', 'ignore', false, 'local'),
}

/** What one client is expected to give. */
export interface Expected {
  /** The code, or null when the client notices nothing. */
  readonly code: string | null
  /** Attempts of a GET and of a POST, with two retries allowed. */
  readonly attempts: readonly [get: number, post: number]
  readonly isHandedOver: boolean
}

const attempted = (code: string | null, get: number, post: number): Expected => ({
  code,
  attempts: [get, post],
  isHandedOver: false,
})
// The caller had the response already: whatever happens to its body, nothing is sent again.
const handedOver = (code: string): Expected => ({ code, attempts: [1, 1], isHandedOver: true })

// One attempt more than the retries allow, because a request that provably never left is sent again at once, once.
const unsent = (code: string): Expected => attempted(code, 4, 4)
const lost = attempted('connection-reset', 3, 1)
const timedOut = attempted('attempt-timeout', 3, 1)
const cut = attempted('body-broken', 3, 1)

/** What all clients give for a fault, and which of them give something else. */
export interface ExpectedRow {
  readonly usual: Expected
  readonly others?: Readonly<Record<string, Expected>>
}

const bodyCut: ExpectedRow = { usual: cut, others: { fetch: handedOver('body-broken'), ky: handedOver('body-broken') } }

/** The matrix as it has to be, by the name of the fault; it holds for every Node. */
export const EXPECTED: Readonly<Record<string, ExpectedRow>> = {
  'host name that does not exist': { usual: attempted('dns-not-found', 2, 2) },
  'connection refused': { usual: unsent('connection-refused') },
  'self-signed certificate': { usual: attempted('certificate', 1, 1) },
  'TLS to a port without TLS': { usual: attempted('tls-failure', 1, 1) },
  'reset before the request is read': { usual: lost },
  'FIN before the request is read': { usual: lost },
  'reset instead of an answer': { usual: lost },
  'FIN instead of an answer': { usual: lost },
  'no answer at all': { usual: timedOut },
  'garbage instead of HTTP': { usual: attempted('protocol-error', 2, 1) },
  'reset in the middle of the headers': { usual: lost },
  'FIN in the middle of the headers': { usual: lost },
  'redirect loop': { usual: attempted('redirect-loop', 1, 1) },
  'reset after the headers': bodyCut,
  'FIN after the headers': bodyCut,
  'half a body, then reset': bodyCut,
  'half a body, then FIN': bodyCut,
  'half a body, then silence': {
    usual: timedOut,
    others: { fetch: handedOver('attempt-timeout'), ky: handedOver('attempt-timeout') },
  },
  'a body that drips without end': {
    usual: timedOut,
    others: { fetch: handedOver('deadline-exceeded'), ky: handedOver('deadline-exceeded') },
  },
  'a body shorter than announced': bodyCut,
  // Surplus bytes belong to no answer: undici closes the connection, node:http fails the request it had just answered.
  'a body longer than announced': {
    usual: attempted(null, 1, 1),
    others: { 'axios http': attempted('protocol-error', 2, 1) },
  },
  'a body that is not the gzip it claims to be': bodyCut,
}
