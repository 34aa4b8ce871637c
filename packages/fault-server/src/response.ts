import type { AnswerHeaders, ResponseAnswer } from './answer.ts'
import { integerInRange, nonNegative } from './option-checks.ts'

/** Parts of a well-formed response, all optional. */
export interface ResponseParts {
  readonly headers?: AnswerHeaders
  readonly body?: string | Uint8Array
  /** Wait before the first byte, milliseconds. */
  readonly delayMs?: number
  /** Journal entry `processed`; default: true below status 400. */
  readonly processed?: boolean
  /** Default `content-length`. */
  readonly framing?: 'content-length' | 'chunked'
}

/**
 * A well-formed response.
 * @param status 200 to 599
 * @throws TypeError when the status or the delay is out of range
 */
export function respond(status: number, parts: ResponseParts = {}): ResponseAnswer {
  integerInRange('respond: status', status, 200, 599)
  if (parts.delayMs !== undefined) nonNegative('respond: delayMs', parts.delayMs)
  return { kind: 'response', status, ...parts }
}

/** A JSON response with status 200 unless `parts.status` says otherwise. */
export function json(value: unknown, parts: ResponseParts & { readonly status?: number } = {}): ResponseAnswer {
  const { status = 200, headers, ...rest } = parts
  return respond(status, {
    ...rest,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  })
}

/** A plain text response with status 200 unless `parts.status` says otherwise. */
export function text(body: string, parts: ResponseParts & { readonly status?: number } = {}): ResponseAnswer {
  const { status = 200, headers, ...rest } = parts
  return respond(status, { ...rest, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body })
}

/**
 * A redirect without a body.
 * @param location absolute URL or path
 * @param status 301, 302 (default), 303, 307 or 308
 */
export function redirect(location: string, status: 301 | 302 | 303 | 307 | 308 = 302): ResponseAnswer {
  return respond(status, { headers: { location } })
}

/** The same answer, later: `delayMs` is added before its first byte. */
export function delayed<A extends { readonly delayMs?: number }>(answer: A, delayMs: number): A {
  nonNegative('delayed: delayMs', delayMs)
  return { ...answer, delayMs: (answer.delayMs ?? 0) + delayMs }
}
