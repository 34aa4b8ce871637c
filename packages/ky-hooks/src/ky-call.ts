import { callReport, type CallLimits, type Policy } from '@holdfast/core'
import { resilienceOf, type KyFetch, type KyOptions } from './ky-options.ts'
import { KySend } from './ky-send.ts'
import { withoutKysTimer } from './ky-timer.ts'
import { attemptLimitOf, totalMsOf } from './time-limits.ts'
import { errorForKy, type TimeoutErrorClass } from './timeout-error.ts'

/** What one call of ky is made of. */
export interface KyCallInit {
  readonly policy: Policy
  readonly TimeoutError: TimeoutErrorClass | undefined
  /** The user's own `fetch`; undefined for the global one at the time of the attempt. */
  readonly inner: KyFetch | undefined
  /** ky's options of the call, as far as they are known. */
  readonly options: KyOptions
  /** The user's own, before it was made to hold the policy's deadline. */
  readonly totalTimeout: KyOptions['totalTimeout']
  /** Whether ky reads the body of an error answer itself, as ky 2 does. */
  readonly readsErrors: boolean
}

type KyInit = RequestInit & { resilience?: object | false }

/**
 * One call of ky under a policy; ky may send it several times, when a hook asks for `ky.retry()`.
 *
 * All sends share the time of the call and its idempotency key.
 */
export class KyCall {
  readonly #given: KyCallInit
  readonly #base: () => KyFetch
  readonly #startedMs: number
  #sends = 0
  #last: unknown = undefined
  #hasCallersKey = false

  constructor(given: KyCallInit) {
    this.#given = given
    const { inner } = given
    this.#base = inner === undefined ? () => globalThis.fetch : () => inner
    this.#startedMs = given.policy.clock.now()
  }

  /** The time limits of the call as far as they are known before it is sent; a bad option is refused by the sending. */
  get limits(): CallLimits {
    const { policy, options } = this.#given
    const resilience = resilienceOf(options)
    try {
      return policy.limitsOf(resilience === false ? undefined : resilience)
    } catch {
      return policy.limitsOf()
    }
  }

  /**
   * ky's `fetch` option for this call.
   *
   * @param isTimedByKy - Whether ky has a timer of its own beside it, which then ends.
   */
  fetch(input: string | URL | Request, given: KyInit | undefined, isTimedByKy: boolean): Promise<Response> {
    let init: RequestInit | undefined = given
    let resilience = resilienceOf(this.#given.options)
    // ky forwards unknown options; a hook may have changed this one since the call began.
    if (given !== undefined && Object.hasOwn(given, 'resilience')) {
      const { resilience: own, ...rest } = given
      init = rest
      if (own !== undefined) resilience = resilienceOf({ resilience: own })
    }
    if (resilience === false) return this.#base()(input, init)
    const sending = this.#sendAndTranslate(input, init, resilience)
    return isTimedByKy ? withoutKysTimer(sending) : sending
  }

  async #sendAndTranslate(
    input: string | URL | Request,
    init: RequestInit | undefined,
    resilience: object | undefined,
  ): Promise<Response> {
    try {
      const response = await this.#send(input, init, resilience)
      this.#last = response
      return response
    } catch (error) {
      this.#last = error
      throw await errorForKy(error, input, this.#given.TimeoutError)
    }
  }

  #send(input: string | URL | Request, init: RequestInit | undefined, given: object | undefined): Promise<Response> {
    const { policy, options, inner, totalTimeout, readsErrors, TimeoutError } = this.#given
    const { idempotencyHeader } = policy
    const limits = policy.limitsOf(given)
    const attempt = attemptLimitOf(options.timeout, limits, given)
    const resilience = this.#withKeyOfBefore(input, idempotencyHeader, attempt.resilience)
    const totalMs = totalMsOf(totalTimeout, limits)
    this.#sends += 1
    const call = new KySend(
      {
        input,
        init,
        base: this.#base,
        resilience,
        idempotencyHeader,
        body: options.body,
        settlesOnAbort: inner === undefined,
        attemptTimeoutMs: attempt.clientMs,
        deadlineMs: totalMs === undefined ? undefined : totalMs - (policy.clock.now() - this.#startedMs),
      },
      readsErrors,
      (error) => errorForKy(error, input, TimeoutError),
    )
    return policy.send(call) as Promise<Response>
  }

  // A request that a hook sends again is the same operation, unless its caller chose the key.
  #withKeyOfBefore(input: string | URL | Request, header: string, resilience: object | undefined): object | undefined {
    const hasCallersKey = input instanceof Request && input.headers.has(header)
    if (this.#sends === 0) this.#hasCallersKey = hasCallersKey
    if (this.#sends === 0 || this.#hasCallersKey || hasCallersKey) return resilience
    const idempotencyKey = callReport(this.#last)?.idempotencyKey
    return idempotencyKey === undefined ? resilience : { ...resilience, idempotencyKey }
  }
}
