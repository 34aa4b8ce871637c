import type { Attempt, Call, Transport } from '../call.ts'
import type { CallOptions } from '../call-options.ts'
import { classify } from '../classify.ts'
import type { Policy } from '../policy.ts'
import { headOfResponse, type ResponseHead } from '../response-head.ts'
import type { Strategy } from '../strategy.ts'
import { drainOrCancel } from './drain.ts'
import { guardBody } from './guarded-body.ts'

/** What a wrapped fetch takes beside the platform's own init. */
export type ResilientInit<Strategies extends readonly Strategy[] = readonly Strategy[]> = RequestInit & {
  /** Overrides for this call; `false` sends it without the policy. */
  readonly resilience?: false | CallOptions<Strategies>
}

export type ResilientFetch<Strategies extends readonly Strategy[] = readonly Strategy[]> = (
  input: string | URL | Request,
  init?: ResilientInit<Strategies>,
) => Promise<Response>

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

const isRequest = (input: unknown): input is Request => typeof Request === 'function' && input instanceof Request

// Anything that can be read once: a web stream, a Node stream, an async iterable.
const isOneShot = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  ('getReader' in body || 'pipe' in body || Symbol.asyncIterator in body) &&
  !(typeof Blob === 'function' && body instanceof Blob)

const headerOf = (headers: HeadersInit | undefined, request: Request | undefined): string | undefined => {
  if (headers !== undefined) return new Headers(headers).get('idempotency-key') ?? undefined
  return request?.headers.get('idempotency-key') ?? undefined
}

class FetchTransport implements Transport {
  readonly settlesOnAbort = true
  readonly #base: () => Fetch
  readonly #input: string | URL | Request
  readonly #init: RequestInit | undefined
  /** A copy of a request whose body the next attempt needs; the caller's own object is sent first, as without us. */
  #spare: Request | undefined = undefined

  constructor(base: () => Fetch, input: string | URL | Request, init: RequestInit | undefined) {
    this.#base = base
    this.#input = input
    this.#init = init
  }

  send(attempt: Attempt): Promise<Response> {
    const { call } = attempt
    const input = this.#next(attempt)
    const signal = attempt.canAbort ? attempt.signal : undefined
    const header = call.idempotencyKey?.header
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

  discard(value: unknown, isError: boolean): Promise<void> | undefined {
    if (isError || (value as Response).body === null) return undefined
    return drainOrCancel(value as Response, this.#clock)
  }

  guardBody(value: unknown, attempt: Attempt, ended: () => void): boolean {
    this.#spare?.body?.cancel().catch(() => undefined)
    return guardBody(value as Response, attempt, ended)
  }

  #next(attempt: Attempt): string | URL | Request {
    this.#clock = attempt.call.clock
    const input = this.#input
    if (!isRequest(input) || this.#init?.body != null || input.body === null) return input
    const current = this.#spare ?? input
    if (attempt.call.isReplayable && !current.bodyUsed) this.#spare = current.clone()
    return current
  }

  #clock!: Call['clock']
}

/**
 * A `fetch` that runs under a policy; same name, arguments, result and errors.
 *
 * Each attempt is one call of the base. A body that can be read once is sent once. The returned response is the
 * platform's own; deadline and idle limit hold until its body is read.
 *
 * @param base - Called for every attempt. Default: the global `fetch` at the time of the call.
 * @throws {HoldfastError} From the returned function, when the policy refuses or time runs out.
 */
export const wrapFetch = <Strategies extends readonly Strategy[]>(
  policy: Policy<Strategies>,
  base?: Fetch,
): ResilientFetch<Strategies> => {
  const lateBound = base === undefined ? (): Fetch => globalThis.fetch : (): Fetch => base
  // A method, so that its name is `fetch`; as a property type, because it needs no `this`.
  const wrapper: { readonly fetch: ResilientFetch<Strategies> } = {
    // One declared parameter, because fetch.length is 1.
    async fetch(input: string | URL | Request, ...rest: [init?: ResilientInit<Strategies>]): Promise<Response> {
      const [given] = rest
      let init: RequestInit | undefined = given
      let resilience: false | object | undefined
      if (typeof given === 'object' && Object.hasOwn(given, 'resilience')) ({ resilience, ...init } = given)
      const request = isRequest(input) ? input : undefined
      // `signal: null` takes a Request's own signal away.
      const signal = init?.signal === undefined ? request?.signal : init.signal
      const isForeign =
        signal !== null &&
        signal !== undefined &&
        typeof (signal as Partial<AbortSignal>).addEventListener !== 'function'
      if (resilience === false || isForeign || (input as unknown) === undefined) return lateBound()(input, init)
      const body = init?.body
      return policy.send({
        method: init?.method ?? request?.method ?? 'GET',
        url: request?.url ?? (input as string | URL).toString(),
        signal: signal ?? undefined,
        resilience,
        transport: new FetchTransport(lateBound, input, init),
        isReplayable: !isOneShot(body),
        idempotencyHeader:
          init?.headers !== undefined || request !== undefined ? headerOf(init?.headers, request) : undefined,
      }) as Promise<Response>
    },
  }
  return wrapper.fetch
}
