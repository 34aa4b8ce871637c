import type { Attempt, Call, GivenRequest, Transport } from '../call.ts'
import { classify } from '../classify.ts'
import type { ClientRequest } from '../policy-core.ts'
import { headOfResponse, type ResponseHead } from '../response-head.ts'
import { drainOrCancel } from './drain.ts'
import { guardBody } from './guarded-body.ts'

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What one call of `fetch` is made of. */
export interface FetchCallInit {
  readonly input: string | URL | Request
  readonly init?: RequestInit | undefined
  /** The `fetch` that sends one attempt, asked for anew each time. */
  readonly base: () => Fetch
  /** The call's own options of the policy. */
  readonly resilience?: object | undefined
  /** Header under which the caller may have put an idempotency key: `policy.idempotencyHeader`. */
  readonly idempotencyHeader: string
  /** What the body of a Request was made from, which the Request itself hides; one that can be read once is sent once. */
  readonly body?: unknown
  /** Whether the base is known to reject when its signal aborts, as the platform's does. Default true. */
  readonly settlesOnAbort?: boolean | undefined
  /** The client's own limit of one attempt, ms, for a policy that sets none. */
  readonly attemptTimeoutMs?: number | undefined
  /** The client's own limit of the whole call, ms. */
  readonly deadlineMs?: number | undefined
}

// A waiting retry holds it, and there may be a thousand of them.
const MOST_KEPT_BYTES = 65_536

export const isRequest = (input: unknown): input is Request => typeof Request === 'function' && input instanceof Request

// Anything that can be read once: a web stream, a Node stream, an async iterable.
const isOneShot = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  ('getReader' in body || 'pipe' in body || Symbol.asyncIterator in body) &&
  !(typeof Blob === 'function' && body instanceof Blob)

const headerOf = (name: string, headers: HeadersInit | undefined, request: Request | undefined): string | undefined => {
  if (headers !== undefined) return new Headers(headers).get(name) ?? undefined
  return request?.headers.get(name) ?? undefined
}

/** The signal a call of `fetch` obeys; `signal: null` takes a Request's own away. */
export const signalOf = (
  input: string | URL | Request,
  init: RequestInit | undefined,
): AbortSignal | null | undefined =>
  init?.signal === undefined ? (isRequest(input) ? input.signal : undefined) : init.signal

/**
 * One call of `fetch` as a policy sees it: give it to `policy.send`; every attempt is one call of the base.
 *
 * For plug-ins whose client is built on `fetch`. Request and transport in one object, because every call makes one.
 */
export class FetchCall implements ClientRequest, Transport {
  readonly settlesOnAbort: boolean
  readonly method: string
  readonly url: string
  readonly signal: AbortSignal | undefined
  readonly resilience: object | undefined
  readonly isReplayable: boolean
  readonly idempotencyHeader: string | undefined
  readonly attemptTimeoutMs: number | undefined
  readonly deadlineMs: number | undefined
  readonly transport: Transport
  readonly #init: RequestInit | undefined
  readonly #input: string | URL | Request
  readonly #base: () => Fetch
  /** A copy of a request whose body the next attempt needs; the caller's own object is sent first, as without us. */
  #spare: Request | undefined = undefined
  #clock: Call['clock'] | undefined = undefined

  constructor(given: FetchCallInit) {
    const { input, init } = given
    const request = isRequest(input) ? input : undefined
    this.method = init?.method ?? request?.method ?? 'GET'
    this.url = request?.url ?? (input as string | URL).toString()
    this.signal = signalOf(input, init) ?? undefined
    this.resilience = given.resilience
    this.isReplayable = !isOneShot(init?.body ?? given.body)
    this.idempotencyHeader =
      init?.headers !== undefined || request !== undefined
        ? headerOf(given.idempotencyHeader, init?.headers, request)
        : undefined
    this.settlesOnAbort = given.settlesOnAbort ?? true
    this.attemptTimeoutMs = given.attemptTimeoutMs
    this.deadlineMs = given.deadlineMs
    this.transport = this
    this.#init = init
    this.#input = input
    this.#base = given.base
  }

  send(attempt: Attempt): Promise<Response> {
    this.#clock = attempt.call.clock
    const input = this.#nextInput(attempt)
    const signal = attempt.canAbort ? attempt.signal : undefined
    const header = attempt.call.idempotencyKey?.header
    if (signal === undefined && header === undefined) return this.#base()(input, this.#init)
    const init: RequestInit = { ...this.#init, ...(signal === undefined ? {} : { signal }) }
    if (header !== undefined) {
      const headers = new Headers(init.headers ?? (isRequest(input) ? input.headers : undefined))
      headers.set(header[0], header[1])
      init.headers = headers
    }
    return this.#base()(input, init)
  }

  classify(
    value: unknown,
    isError: boolean,
    head: ResponseHead | undefined,
    call: Call,
  ): ReturnType<Transport['classify']> {
    if (!isError && head !== undefined && head.status < 300) return undefined
    return classify(value, {
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      ...(head === undefined ? {} : { head }),
    })
  }

  head(value: unknown, isError: boolean): ResponseHead | undefined {
    return isError ? undefined : headOfResponse(value as Response)
  }

  // A clone is the platform's own object as well, and holds what is read of the other branch.
  keep(value: unknown): Response | undefined {
    const response = value as Response
    if (response.body === null) return response
    const contentLength = response.headers.get('content-length')
    return contentLength !== null && Number(contentLength) <= MOST_KEPT_BYTES ? response.clone() : undefined
  }

  discard(value: unknown, isError: boolean): Promise<void> | undefined {
    if (isError || this.#clock === undefined || (value as Response).body === null) return undefined
    return drainOrCancel(value as Response, this.#clock)
  }

  guardBody(value: unknown, attempt: Attempt, ended: () => void): boolean {
    this.#spare?.body?.cancel().catch(() => undefined)
    return guardBody(value as Response, attempt, ended)
  }

  answer(given: unknown): Response {
    if (given instanceof Response) return given
    return given === undefined ? new Response(null, { status: 204 }) : Response.json(given)
  }

  request(): GivenRequest {
    const input = this.#input
    const request = isRequest(input) ? input : undefined
    const unread = this.#spare ?? request
    return {
      url: this.url,
      headers: new Headers(this.#init?.headers ?? request?.headers),
      credentials: this.#init?.credentials ?? request?.credentials,
      cache: this.#init?.cache ?? request?.cache,
      body: this.#init?.body ?? (unread === undefined || unread.body === null ? undefined : unread),
    }
  }

  #nextInput(attempt: Attempt): string | URL | Request {
    const input = this.#input
    if (!isRequest(input) || this.#init?.body != null || input.body === null) return input
    const current = this.#spare ?? input
    if (attempt.call.isReplayable && !current.bodyUsed) this.#spare = current.clone()
    return current
  }
}
