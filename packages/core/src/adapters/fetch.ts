import type { CallOptions } from '../call-options.ts'
import type { Policy } from '../policy.ts'
import type { Strategy } from '../strategy.ts'
import { FetchCall, signalOf, type Fetch } from './fetch-call.ts'

/** What a wrapped fetch takes beside the platform's own init. */
export type ResilientInit<Strategies extends readonly Strategy[] = readonly Strategy[]> = RequestInit & {
  /** Overrides for this call; `false` sends it without the policy. */
  readonly resilience?: false | CallOptions<Strategies>
}

export type ResilientFetch<Strategies extends readonly Strategy[] = readonly Strategy[]> = (
  input: string | URL | Request,
  init?: ResilientInit<Strategies>,
) => Promise<Response>

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
      // Browsers refuse a call without arguments and send one with `undefined`.
      if (arguments.length === 0) return (lateBound() as () => Promise<Response>)()
      const [given] = rest
      let init: RequestInit | undefined = given
      let resilience: false | object | undefined
      if (typeof given === 'object' && Object.hasOwn(given, 'resilience')) ({ resilience, ...init } = given)
      const signal = signalOf(input, init)
      const isForeign =
        signal !== null &&
        signal !== undefined &&
        typeof (signal as Partial<AbortSignal>).addEventListener !== 'function'
      // The platform also cancels the body of a call whose signal has fired already.
      const isOver = signal?.aborted === true
      if (resilience === false || isForeign || isOver || (input as unknown) === undefined)
        return lateBound()(input, init)
      const { idempotencyHeader } = policy
      return policy.send(
        new FetchCall({ input, init, base: lateBound, resilience, idempotencyHeader }),
      ) as Promise<Response>
    },
  }
  return wrapper.fetch
}
