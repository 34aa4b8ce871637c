import { atPhase, type Classification } from './classification.ts'
import {
  ATTEMPT_TIMEOUT,
  CALLER_ABORTED,
  classifySignature,
  classifyVague,
  isAbortSignature,
  localRejection,
  NETWORK_OPAQUE,
  NETWORK_UNKNOWN,
  UNKNOWN,
} from './classify-code.ts'
import { callerAborted } from './classify-local.ts'
import { classifyStatus } from './classify-status.ts'
import { chainOf } from './error-chain.ts'
import { headOfHeaders, type ResponseHead } from './response-head.ts'
import { safeRead, safeText } from './safe-read.ts'

/** What is known about an attempt beside its result. */
export interface ClassifyContext {
  /** The caller's own signal, never one of ours. */
  readonly signal?: AbortSignal | undefined
  /**
   * Where the attempt failed, only when that is certain: `connect` proves that nothing was sent, `headers` says that at
   * least a part was written, `body` that the answer had begun. Leave it out rather than guess.
   */
  readonly phase?: Classification['phase'] | undefined
  /** Head of the answer, where the adapter has read it already. */
  readonly head?: ResponseHead | undefined
  /** Whether the request carried an idempotency key of ours. */
  readonly ownIdempotencyKey?: boolean | undefined
}

const MAX_DEPTH = 5
const MAX_MEMBERS = 8
const BRAND = Symbol.for('holdfast.error')
const NO_CONTEXT: ClassifyContext = {}

const isStatus = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 100 && (value as number) < 1_000

/** Status and headers that an object carries itself, as responses and some errors do. */
const headOf = (target: unknown): ResponseHead | undefined => {
  const status = safeRead(target, 'status') ?? safeRead(target, 'statusCode')
  if (!isStatus(status)) return undefined
  const headers = safeRead(target, 'headers')
  return headOfHeaders(status, typeof headers === 'object' && headers !== null ? headers : {})
}

/** The RFC 9457 problem type of a 429 whose body the client has read; the body of a `fetch` response is left alone. */
const problemOf = (response: unknown): string | undefined => {
  const data = safeRead(response, 'data')
  const type = typeof data === 'string' ? data.slice(0, 2_000) : safeText(data, 'type')
  return /#(quota-exceeded|abnormal-usage-detected)\b/.exec(type)?.[1]
}

/** "syscall:code|message" of one error; clients lose the syscall when they wrap, so that it may come from a cause. */
const signatureOf = (node: unknown, index: number, chain: readonly unknown[]): string => {
  let syscall = ''
  for (let at = index; syscall === '' && at < chain.length; at += 1) syscall = safeText(chain[at], 'syscall')
  if (syscall === '' && safeRead(node, 'isAxiosError') === true) syscall = 'axios'
  // The numeric codes of a DOMException, 20 and 23, are no OS codes: its name speaks.
  const code = safeText(node, 'code') || safeText(node, 'name')
  const message = typeof node === 'string' ? node : safeText(node, 'message')
  return `${syscall}:${code}|${message.slice(0, 500).replaceAll('|', ' ')}`
}

const isUnsent = (chain: readonly unknown[]): boolean =>
  chain.some((node) => safeRead(safeRead(node, 'socket'), 'bytesWritten') === 0)

const SENT_RANK = { no: 0, maybe: 1, yes: 2 } as const
const RETRY_RANK = { always: 0, 'if-idempotent': 1, never: 2 } as const
const doubt = (found: Classification): number => SENT_RANK[found.sent] * 3 + RETRY_RANK[found.retry]

/** Several failed ways to one host: what is certain of all of them, so the least certain one speaks. */
const leastCertain = (members: readonly unknown[], context: ClassifyContext, depth: number): Classification => {
  let least: Classification | undefined
  for (const member of members.slice(0, MAX_MEMBERS)) {
    const found = classifyError(member, context, depth)
    if (least === undefined || doubt(found) > doubt(least)) least = found
  }
  return least ?? UNKNOWN
}

const isCallerAbort = (
  error: unknown,
  chain: readonly unknown[],
  signatures: readonly string[],
  signal: AbortSignal | undefined,
): boolean => {
  if (safeRead(signal, 'aborted') !== true) return false
  const reason = safeRead(signal, 'reason')
  return error === reason || chain.includes(reason) || signatures.some(isAbortSignature)
}

/** For want of a certain sign: an abort nobody owns up to, a browser's hint, or a failure where only the network can fail. */
const vague = (signatures: readonly string[], isAnswered: boolean, phase: Classification['phase']): Classification => {
  if (signatures.some(isAbortSignature)) return CALLER_ABORTED
  // The innermost sign is the most precise: clients wrap "Failed to fetch" into a network error of their own.
  for (const signature of signatures.toReversed()) {
    const found = classifyVague(signature, isAnswered)
    if (found !== undefined) return found
  }
  return phase === 'unknown' ? UNKNOWN : NETWORK_UNKNOWN
}

const classifyError = (error: unknown, context: ClassifyContext, depth: number): Classification => {
  const chain = chainOf(error, depth)
  const signatures = chain.map(signatureOf)
  const { signal, phase = 'unknown' } = context
  if (isCallerAbort(error, chain, signatures, signal)) return atPhase(callerAborted(signal), phase)

  const branded = chain.find((node) => safeRead(node, BRAND) === true)
  if (branded !== undefined) {
    const code = safeText(branded, 'code')
    return code === 'attempt-timeout' ? atPhase(ATTEMPT_TIMEOUT, phase) : localRejection(code)
  }

  let isAnswered = false
  for (const [index, node] of chain.entries()) {
    const response = safeRead(node, 'response')
    const head = headOf(response) ?? headOf(node) ?? (index === 0 ? context.head : undefined)
    if (head !== undefined) {
      const byStatus = classifyStatus(head, context.ownIdempotencyKey, problemOf(response) ?? problemOf(node))
      if (byStatus !== undefined) return byStatus
      // An error beside a good status: its body broke off or could not be read, the status no longer counts.
      isAnswered = true
    }
    const members = safeRead(node, 'errors')
    const found =
      Array.isArray(members) && members.length > 0
        ? leastCertain(members, context, depth - 2)
        : classifySignature(signatures[index] as string, isUnsent(chain))
    if (found !== undefined) return atPhase(found, isAnswered ? 'body' : phase)
  }
  return atPhase(vague(signatures, isAnswered, phase), isAnswered ? 'body' : phase)
}

const classifySubject = (subject: unknown, context: ClassifyContext): Classification | undefined => {
  const { signal } = context
  const isReason =
    signal !== undefined && safeRead(signal, 'aborted') === true && subject === safeRead(signal, 'reason')
  const status = safeRead(subject, 'status')
  if (isReason || typeof status !== 'number' || typeof safeRead(subject, 'message') === 'string') {
    return classifyError(subject, context, MAX_DEPTH)
  }
  const head = context.head ?? headOf(subject)
  if (head !== undefined && head.status !== 0)
    return classifyStatus(head, context.ownIdempotencyKey, problemOf(subject))
  // Status 0: an opaque answer is all that a no-cors or manual-redirect request gets; `Response.error()` is a failure.
  return safeRead(subject, 'type') === 'error' || status !== 0 ? NETWORK_OPAQUE : undefined
}

/**
 * Says what came out of an attempt means: `undefined` for a success, else a frozen {@link Classification}.
 *
 * Looks through wrappers of axios, ky and fetch by the chain of causes; a caller's abort wins over everything. Keeps no
 * state and never throws, whatever it is given.
 *
 * @param subject - A response, or what the client threw: an error, a string, anything.
 * @example
 * classify(new Response(null, { status: 503 })) // { category: 'transient', code: 'http-503', retry: 'if-idempotent', ... }
 */
export const classify = (subject: unknown, context: ClassifyContext = NO_CONTEXT): Classification | undefined => {
  try {
    return classifySubject(subject, context)
  } catch {
    // A revoked proxy, for one, throws at questions that no property read can guard.
    return UNKNOWN
  }
}

const PROGRAMMER_ERROR = /^(?:Type|Reference|Syntax|Range)Error$/

/** Classifies what a plain function threw: unless it looks like a bug, the failure is one of whatever the function calls. */
export const classifyFunctionError = (error: unknown, signal: AbortSignal | undefined): Classification => {
  const found = classify(error, { signal }) ?? UNKNOWN
  return found === UNKNOWN && !PROGRAMMER_ERROR.test(safeText(error, 'name')) ? NETWORK_UNKNOWN : found
}
