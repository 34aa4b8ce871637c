import type { Call, Outcome, PackedAnswer } from '../call.ts'
import type { Environment } from '../strategy.ts'
import { parseCacheControl } from './cache-control.ts'
import { ageMs, freshnessOf, mayServe, type Freshness } from './freshness.ts'
import { packResponse } from './response-answer.ts'
import { keyOf, variantKeyOf, varyNames } from './stale-key.ts'
import { cacheableOf, type CacheableRequest, type KeyOption } from './stale-request.ts'
import type { StaleRecord, StaleStore } from './stale-store.ts'
import { within } from './within.ts'

export interface CopiesOptions {
  readonly maxStaleMs: number
  readonly maxAnswerBytes: number
  readonly key: KeyOption
  readonly store: StaleStore
  readonly storeTimeoutMs: number
}

/** A copy that may stand in for an error now. */
export interface UsableCopy {
  readonly answer: PackedAnswer
  /** Of the request, as a response names it. */
  readonly url: string
  readonly ageMs: number
  readonly lifetimeMs: number
}

const STORABLE: ReadonlySet<number> = new Set([200, 203, 204])
// They say something about this moment, not about the resource.
const PASSING: ReadonlySet<number> = new Set([408, 421, 425, 429])
const UNSAFE: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

// The caller's half of a body has ended: ours is complete by then, or given up with it.
const GRACE_MS = 100

/** The stored answers of one policy: what is kept of its successes, dropped, and found again after an error. */
export class Copies {
  readonly #env: Environment
  readonly #options: CopiesOptions

  constructor(env: Environment, options: CopiesOptions) {
    this.#env = env
    this.#options = options
  }

  /** The copy that may be used in the place of the answer that failed. */
  async find(call: Call): Promise<UsableCopy | undefined> {
    const request = this.#cacheable(call)
    if (request === undefined) return undefined
    let record = await this.#get(await keyOf(request))
    if (record?.kind === 'variants') record = await this.#get(await variantKeyOf(request, record.names))
    if (record?.kind !== 'answer') return undefined
    const { answer, freshness, answeredAtMs } = record
    const age = ageMs(freshness, answeredAtMs, this.#env.clock.wall())
    if (!mayServe(freshness, age, request.control)) return undefined
    return { answer, url: request.url.href, ageMs: age, lifetimeMs: freshness.lifetimeMs }
  }

  /** Keeps and drops copies after what the upstream itself has answered. */
  async learn(outcome: Outcome): Promise<void> {
    const { call, head } = outcome
    if (head === undefined) return
    const isSuccess = outcome.isSuccess && head.status < 400
    if (UNSAFE.has(call.method)) {
      // RFC 9111 section 4.4: what was changed must not be answered from before the change.
      if (isSuccess) for (const method of ['GET', 'HEAD']) await this.#forget(this.#cacheable(call, method))
      return
    }
    const request = this.#cacheable(call)
    if (request === undefined) return
    if (isSuccess && STORABLE.has(head.status)) await this.#keep(outcome, request)
    // Gone or forbidden by now: a later outage must not bring the old answer back.
    else if (head.status >= 400 && head.status < 500 && !PASSING.has(head.status)) await this.#forget(request)
  }

  #cacheable(call: Call, method = call.method): CacheableRequest | undefined {
    return cacheableOf(call.transport.request?.(), method, this.#options.key)
  }

  async #keep(outcome: Outcome, request: CacheableRequest): Promise<void> {
    const answeredAtMs = this.#env.clock.wall()
    const names = varyNames(outcome.head?.header('vary'))
    const freshness = names === undefined ? undefined : this.#freshness(outcome, request, answeredAtMs)
    if (names === undefined || freshness === undefined) {
      await this.#forget(request)
      return
    }
    const ttlMs = freshness.lifetimeMs - freshness.initialAgeMs + freshness.staleMs
    // The halves of a body are made at once, before the caller reads its own.
    const answer = ttlMs > 0 ? await this.#pack(outcome) : undefined
    if (answer === undefined) return
    const record: StaleRecord = { v: 1, kind: 'answer', answer, freshness, answeredAtMs }
    const primary = await keyOf(request)
    const { store, storeTimeoutMs } = this.#options
    const set = (key: string, value: StaleRecord): Promise<unknown> =>
      within(this.#env.clock, storeTimeoutMs, () => store.set(key, value, ttlMs))
    if (names.length === 0) await set(primary, record)
    else {
      await set(primary, { v: 1, kind: 'variants', names })
      await set(await variantKeyOf(request, names), record)
    }
  }

  /** What the answer says about its use; undefined when it must not be stored. */
  #freshness({ call, head }: Outcome, { owner }: CacheableRequest, answeredAtMs: number): Freshness | undefined {
    const control = parseCacheControl(head?.header('cache-control'))
    if (head === undefined || control === undefined || control.has('no-store') || control.has('no-cache'))
      return undefined
    const isShared = owner === undefined
    if (isShared && (control.has('private') || head.header('set-cookie') !== undefined)) return undefined
    const askedAtMs = answeredAtMs - Math.max(0, this.#env.clock.now() - call.sentMs)
    return freshnessOf(head, control, { askedAtMs, answeredAtMs }, isShared, this.#options.maxStaleMs)
  }

  #pack({ call, value, attempt }: Outcome): Promise<PackedAnswer | undefined> {
    const { transport } = call
    const { maxAnswerBytes } = this.#options
    if (transport.pack !== undefined) return Promise.resolve(transport.pack(value, maxAnswerBytes))
    if (!(value instanceof Response)) return Promise.resolve(undefined)
    const stop = new AbortController()
    const { clock } = this.#env
    attempt?.onRelease(() => {
      clock.setTimer(
        () => {
          stop.abort()
        },
        GRACE_MS,
        false,
      )
    })
    return packResponse(value, maxAnswerBytes, stop.signal)
  }

  async #forget(request: CacheableRequest | undefined): Promise<void> {
    if (request === undefined) return
    const { store, storeTimeoutMs } = this.#options
    for (const form of ['bytes', 'text'] as const) {
      const key = await keyOf({ ...request, form })
      await within(this.#env.clock, storeTimeoutMs, () => store.delete(key))
    }
  }

  #get(key: string): Promise<StaleRecord | undefined> {
    const { store, storeTimeoutMs } = this.#options
    return within(this.#env.clock, storeTimeoutMs, () => store.get(key))
  }
}
