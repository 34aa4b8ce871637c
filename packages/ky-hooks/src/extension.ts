import type { Policy } from '@holdfast/core'
import { attachmentOf, markAttached, type Attachment } from './attached-fetch.ts'
import { KyCall, type KyCallInit } from './ky-call.ts'
import { resilienceOf, withoutRetries, withRetries, type KyFetch, type KyOptions } from './ky-options.ts'
import { isTimedByKy, optionsOfKy1, type NormalizedOptions } from './ky-timer.ts'
import { DEFAULT_TIMEOUT_MS, totalTimeoutOf } from './time-limits.ts'
import type { TimeoutErrorClass } from './timeout-error.ts'

/** Options objects of calls that said `resilience: false`, for further hooks of ours in the same call. */
const switchedOff = new WeakSet<object>()

const setOrDelete = <Name extends keyof KyOptions>(
  options: KyOptions,
  name: Name,
  value: KyOptions[Name] | undefined,
): void => {
  if (value === undefined) Reflect.deleteProperty(options, name)
  else options[name] = value
}

// ky 1 fills in its default, which must not stand above the limit of the policy.
const givenOptions = (own: NormalizedOptions, parent: KyOptions): KyOptions => {
  if (own.timeout !== DEFAULT_TIMEOUT_MS || parent.timeout !== undefined) return own
  const { timeout: _default, ...given } = own
  return given
}

type Run = (
  self: unknown,
  input: string | URL | Request,
  init: RequestInit | undefined,
  isTimed: boolean,
) => Promise<Response>

/** A `fetch` option for ky that knows how ky called it. */
const fetchOption = (run: Run, attachment: Attachment): KyFetch => {
  const option: KyFetch = function fetch(this: unknown, input, init) {
    return run(this, input, init, isTimedByKy(this, option))
  }
  return markAttached(option, attachment)
}

/**
 * One policy under the instances that descend from one `extend`.
 *
 * ky 2 calls the `init` hook; ky 1 knows no such hook and calls the `fetch` option. Both are put in place; once the hook
 * has run, the option only passes on, so that no call meets the policy twice.
 */
export class Extension {
  readonly #policy: Policy
  readonly #TimeoutError: TimeoutErrorClass | undefined
  readonly #parent: KyOptions
  readonly #present: Attachment | undefined
  readonly #fetchOption: KyFetch
  /** Whether the policy retries; if not, ky's own retries stay. */
  readonly #ownsRetries: boolean
  readonly #callsOfKy1 = new WeakMap<object, KyCall>()
  #hasHooks = false

  constructor(policy: Policy, TimeoutError: TimeoutErrorClass | undefined, parent: KyOptions) {
    this.#policy = policy
    this.#TimeoutError = TimeoutError
    this.#parent = parent
    this.#present = attachmentOf(parent.fetch)
    this.#ownsRetries = policy.describe().some(({ name }) => name === 'retry')
    this.#fetchOption = fetchOption(this.#fetch, this.#attachment(parent, this.#present))
  }

  /** What `extend` adds to the parent. */
  get options(): KyOptions {
    const hooks = { init: [this.#init] }
    // ky 2 lists all its hooks as soon as an instance has one.
    if (this.#parent.hooks !== undefined && Object.hasOwn(this.#parent.hooks, 'init')) return { hooks }
    if (this.#present?.policy === this.#policy) return {}
    const { retry } = this.#parent
    return {
      hooks,
      fetch: this.#fetchOption,
      // Only the change, because ky 1 would join the lists of parent and child.
      ...(this.#ownsRetries ? { retry: withoutRetries(typeof retry === 'number' ? retry : undefined) } : {}),
    }
  }

  readonly #init = (options: KyOptions): void => {
    this.#hasHooks = true
    if (switchedOff.has(options)) return
    if (options.fetch === this.#fetchOption) setOrDelete(options, 'fetch', this.#parent.fetch)
    if (resilienceOf(options) === false) {
      switchedOff.add(options)
      delete options.resilience
      setOrDelete(options, 'retry', withRetries(options.retry, this.#parent.retry))
      return
    }
    const present = attachmentOf(options.fetch)
    if (present?.policy === this.#policy) return
    const attachment = this.#attachment(options, present)
    const call = new KyCall(this.#callInit(attachment, options, true))
    options.fetch = fetchOption((_self, ...given) => call.fetch(...given), attachment)
    if (this.#ownsRetries) options.retry = withoutRetries(options.retry)
    setOrDelete(options, 'totalTimeout', totalTimeoutOf(attachment.totalTimeout, call.limits))
  }

  readonly #fetch: Run = (self, input, init, isTimed) => {
    if (this.#hasHooks) return (this.#parent.fetch ?? globalThis.fetch)(input, init)
    const own = optionsOfKy1(self)
    // A `retry` of the call may have replaced ours.
    if (own !== undefined && this.#ownsRetries) {
      const retry = resilienceOf(own) === false ? withRetries(own.retry, this.#parent.retry) : withoutRetries(own.retry)
      own.retry = retry as NormalizedOptions['retry']
    }
    return this.#callOfKy1(own).fetch(input, init, isTimed)
  }

  // One per call of ky 1, so that `ky.retry()` goes on with the time and the key of the call.
  #callOfKy1(own: NormalizedOptions | undefined): KyCall {
    let call = own === undefined ? undefined : this.#callsOfKy1.get(own)
    if (call === undefined) {
      const options = own === undefined ? this.#parent : givenOptions(own, this.#parent)
      call = new KyCall(this.#callInit(this.#attachment(this.#parent, this.#present), options, false))
      if (own !== undefined) this.#callsOfKy1.set(own, call)
    }
    return call
  }

  #attachment({ fetch, totalTimeout }: KyOptions, present: Attachment | undefined): Attachment {
    if (present !== undefined) return { ...present, policy: this.#policy }
    return { policy: this.#policy, inner: fetch, totalTimeout }
  }

  #callInit({ policy, inner, totalTimeout }: Attachment, options: KyOptions, readsErrors: boolean): KyCallInit {
    return { policy, TimeoutError: this.#TimeoutError, inner, options, totalTimeout, readsErrors }
  }
}
