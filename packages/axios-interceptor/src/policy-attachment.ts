import { originOf, type Policy } from '@holdfast/core'
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { AdapterSpec, AxiosCopy } from './axios-copy.ts'
import { AxiosCall } from './axios-call.ts'
import { isCancelled } from './cancellation.ts'
import { otherRetryPlugin, reportNestedRetry } from './nested-retry.ts'
import { BaseOrigin, finalUrl } from './request-url.ts'
import type { AxiosResilience } from './resilience-option.ts'
import { StreamCall } from './stream-call.ts'

/** The part of an axios instance that `attach` uses; instances of any copy and version from 1.6 fit. */
export interface AxiosInstanceLike {
  readonly interceptors: {
    readonly request: {
      // The parameter types of two versions of axios do not agree, and only ours is called.
      // eslint-disable-next-line @typescript-eslint/no-explicit-any
      use(onFulfilled: (config: any) => any, onRejected?: null, options?: { synchronous?: boolean }): number
      eject(id: number): void
    }
  }
}

/** What `attach` returns. */
export interface Attachment {
  /** Takes the policy off the instance; requests under way keep it. Harmless when called twice. */
  detach(): void
}

/** The interceptor's slot in the manager; `handlers` is public in all versions. */
interface Handlers {
  handlers?: ({ readonly fulfilled?: unknown } | null)[]
}

type WrappedAdapter = AxiosAdapter & { readonly [ORIGINAL]?: { readonly spec: AdapterSpec } }

// By a registered symbol, so that a second copy of this package finds it as well.
const ORIGINAL = Symbol.for('holdfast.axios.adapter')

/** One policy under one instance: the interceptor, and the adapter it puts in the place of the instance's own. */
export class PolicyAttachment implements Attachment {
  readonly policy: Policy
  readonly #instance: AxiosInstanceLike
  readonly #copy: AxiosCopy
  readonly #retriesClientTimeout: boolean
  readonly #intercept: (config: InternalAxiosRequestConfig) => InternalAxiosRequestConfig
  readonly #id: number
  readonly #baseOrigin = new BaseOrigin()
  #lastSpec: AdapterSpec = undefined
  #lastWrapped: WrappedAdapter | undefined = undefined
  #isDetached = false
  #hasReportedTwice = false
  #hasReportedNested = false

  constructor(instance: AxiosInstanceLike, policy: Policy, copy: AxiosCopy, retriesClientTimeout: boolean) {
    this.policy = policy
    this.#instance = instance
    this.#copy = copy
    this.#retriesClientTimeout = retriesClientTimeout
    this.#intercept = (config) => {
      // axios rejects such a config before it reaches an adapter, and our slot would stay in it.
      if (!isCancelled(config)) config.adapter = this.#wrap(config.adapter)
      return config
    }
    // One asynchronous interceptor would make the whole chain asynchronous.
    this.#id = instance.interceptors.request.use(this.#intercept, null, { synchronous: true })
  }

  /** Whether the interceptor is still in its list; somebody may have cleared it. */
  get isAttached(): boolean {
    const { handlers } = this.#instance.interceptors.request as Handlers
    if (!Array.isArray(handlers)) return !this.#isDetached
    return handlers.some((handler) => handler?.fulfilled === this.#intercept)
  }

  detach(): void {
    this.#isDetached = true
    const manager = this.#instance.interceptors.request
    const { handlers } = manager as Handlers
    if (!Array.isArray(handlers)) {
      manager.eject(this.#id)
      return
    }
    // Up to axios 1.7 an id is a place in the list, and after `clear()` somebody else may have it.
    if (handlers[this.#id]?.fulfilled === this.#intercept) {
      manager.eject(this.#id)
      return
    }
    const place = handlers.findIndex((handler) => handler?.fulfilled === this.#intercept)
    if (place >= 0) handlers[place] = null
  }

  reportTwice(): void {
    if (this.#hasReportedTwice) return
    this.#hasReportedTwice = true
    const advice = 'attach was called twice with the same axios instance; the first call holds and nothing is nested.'
    reportNestedRetry(this.policy, this.policy.name, 'axios', 'attached-twice', advice)
  }

  #wrap(given: AdapterSpec): WrappedAdapter {
    const inner = typeof given === 'function' ? (given as WrappedAdapter)[ORIGINAL] : undefined
    const spec = inner === undefined ? given : inner.spec
    // A function is the same for every call; lists of names are copied by axios each time.
    if (this.#lastWrapped !== undefined && spec === this.#lastSpec) return this.#lastWrapped
    const wrapped: AxiosAdapter = (config) => this.#run(config, spec)
    Object.defineProperty(wrapped, ORIGINAL, { value: { spec } })
    if (typeof spec === 'function') {
      this.#lastSpec = spec
      this.#lastWrapped = wrapped
    }
    return wrapped
  }

  #run(config: InternalAxiosRequestConfig, spec: AdapterSpec): Promise<AxiosResponse> {
    if (spec === undefined) delete config.adapter
    else config.adapter = spec
    const adapter =
      typeof spec === 'function' ? spec : this.#copy.getAdapter(spec ?? this.#copy.defaults.adapter, config)
    const { resilience } = config
    if (resilience === false) return adapter(config)
    if (!this.#hasReportedNested) this.#detectNesting(config)
    return this.#send(config, adapter, resilience)
  }

  #send(
    config: InternalAxiosRequestConfig,
    adapter: AxiosAdapter,
    given: AxiosResilience | undefined,
  ): Promise<AxiosResponse> {
    let resilience: object | undefined = given
    let retriesClientTimeout = this.#retriesClientTimeout
    if (given?.retryClientTimeout !== undefined)
      ({ retryClientTimeout: retriesClientTimeout = false, ...resilience } = given)
    const origin = this.#baseOrigin.of(config)
    const { idempotencyHeader } = this.policy
    const init = { copy: this.#copy, adapter, origin, resilience, retriesClientTimeout, idempotencyHeader }
    const call = config.responseType === 'stream' ? new StreamCall(config, init) : new AxiosCall(config, init)
    return this.policy.send(call).then(
      (value) => call.handOver(value),
      (error: unknown) => call.fail(error),
    )
  }

  #detectNesting(config: InternalAxiosRequestConfig): void {
    const client = otherRetryPlugin(config)
    if (client === undefined) return
    this.#hasReportedNested = true
    const key = originOf(finalUrl(config) ?? '') ?? this.policy.name
    const advice = `${client} retries on this axios instance as well, so attempts multiply. Remove one of the two.`
    reportNestedRetry(this.policy, key, client, 'client-retries', advice)
  }
}
