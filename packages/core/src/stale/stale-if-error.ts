import { Outcome, type Call, type PackedAnswer, type Rejection } from '../call.ts'
import type { RejectionCode } from '../errors.ts'
import {
  anObject,
  callable,
  checkOptions,
  either,
  integer,
  oneOf,
  optionError,
  positiveMs,
  waitMs,
  withDefaults,
  type OptionRule,
} from '../option-checks.ts'
import { discard } from '../send.ts'
import { defineStrategy, type Environment, type NoCallOptions, type Strategy } from '../strategy.ts'
import { cacheStatus } from './cache-status.ts'
import { Copies, type UsableCopy } from './copies.ts'
import { unpackResponse } from './response-answer.ts'
import type { KeyOption } from './stale-request.ts'
import { memoryStaleStore, type StaleStore } from './stale-store.ts'

export interface StaleIfErrorOptions {
  /**
   * How long after its freshness an answer may stand in, ms; a server's or a request's own word can only shorten it.
   * Default 86_400_000, a day.
   */
  readonly maxStaleMs: number
  /** Larger answers are not stored. Default 262_144, 256 KiB. */
  readonly maxAnswerBytes: number
  /**
   * Whose answers these are. Without it a request with credentials is left alone; `'credentials'` keeps a copy for each set
   * of them; a function names the user or tenant, so that a renewed token finds its copy, and `undefined` for none.
   */
  readonly key: KeyOption
  /** Default: a {@link memoryStaleStore} of 16 MiB for this policy. */
  readonly store: StaleStore
  /** How long the store may take before the call goes on without it, ms. Default 50. */
  readonly storeTimeoutMs: number
}

const STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504])
// Not the server's failure: the request is wrong, or we keep our own pace.
const NO_ERROR: ReadonlySet<RejectionCode> = new Set(['invalid-idempotency-key', 'rate-limited', 'quota-exhausted'])

/** The code of a failure that RFC 5861 section 4 means: a 500, 502, 503 or 504, or no answer at all. */
const errorCode = (outcome: Outcome): string | undefined => {
  if (outcome.kind === 'rejection') {
    const { code } = outcome.value as Rejection
    return NO_ERROR.has(code) ? undefined : code
  }
  const { head, verdict } = outcome
  if (verdict === undefined || verdict.source === 'caller') return undefined
  if (head !== undefined && (outcome.kind === 'value' || head.status >= 300)) {
    return STATUSES.has(head.status) ? verdict.code : undefined
  }
  // A certificate that does not fit is no outage, and an error of the program is not the network's.
  const isOutage = verdict.category === 'transient' || verdict.category === 'partial' || verdict.source === 'resolver'
  return isOutage ? verdict.code : undefined
}

const marked = (answer: PackedAnswer, status: string, ageMs: number): PackedAnswer => ({
  ...answer,
  headers: [
    ...answer.headers.filter(([name]) => name !== 'cache-status'),
    ['age', String(Math.floor(ageMs / 1_000))],
    // RFC 9211 section 2: each cache on the way adds itself behind the ones before it.
    [
      'cache-status',
      [...answer.headers.filter(([name]) => name === 'cache-status').map(([, of]) => of), status].join(', '),
    ],
  ],
})

const standIn = (env: Environment, outcome: Outcome, because: string, copy: UsableCopy): Outcome => {
  const { call, head } = outcome
  const status = cacheStatus({ isForwarded: call.sent > 0, status: head?.status, because, ...copy })
  const answer = marked(copy.answer, status, copy.ageMs)
  const { transport } = call
  const value = transport.unpack?.(answer) ?? unpackResponse(answer, copy.url)
  void discard(outcome)
  const { ageMs } = copy
  const staleMs = ageMs - copy.lifetimeMs
  call.note({ step: 'stale', atMs: env.clock.now() - call.startedMs, because, ageMs })
  if (env.hears('stale-served')) env.emit('stale-served', { key: call.key, reason: because, ageMs, staleMs })
  return new Outcome(call, 'value', value)
}

const aStore: OptionRule = {
  allowed: 'an object with get, set and delete',
  check: (value) =>
    anObject.check(value) &&
    (['get', 'set', 'delete'] as const).every((name) => typeof (value as Partial<StaleStore>)[name] === 'function'),
}

const install = defineStrategy(
  'staleIfError',
  (env, options: StaleIfErrorOptions) => {
    const copies = new Copies(env, options)
    const contained = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
      try {
        return await work()
      } catch (error) {
        // The call itself must not suffer from the store.
        env.emit('listener-failed', { event: 'staleIfError', error, reason: 'threw' })
        return undefined
      }
    }
    const follow = (outcome: Outcome): Outcome | Promise<Outcome> => {
      const because = errorCode(outcome)
      if (because === undefined) {
        void contained(() => copies.learn(outcome))
        return outcome
      }
      return contained(async () => {
        const copy = await copies.find(outcome.call)
        return copy === undefined ? outcome : standIn(env, outcome, because, copy)
      }).then((answered) => answered ?? outcome)
    }
    return (next) => (call: Call) => (call.transport.request === undefined ? next(call) : next(call).then(follow))
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('staleIfError', given, {
        maxStaleMs: waitMs,
        maxAnswerBytes: integer(1, Number.MAX_SAFE_INTEGER),
        key: either(oneOf('credentials'), callable),
        store: aStore,
        storeTimeoutMs: positiveMs,
      })
      if (given.maxStaleMs === Infinity) throw optionError('staleIfError', 'maxStaleMs', Infinity, 'finite')
      return withDefaults<StaleIfErrorOptions>(
        {
          maxStaleMs: 86_400_000,
          maxAnswerBytes: 262_144,
          key: undefined,
          store: given.store ?? memoryStaleStore(),
          storeTimeoutMs: 50,
        },
        given,
      )
    },
  },
)

/**
 * Answers with a stored copy where the upstream answers 500, 502, 503 or 504 or cannot be reached, as RFC 5861 describes.
 *
 * It acts after retries, deadline and refusals, so list it before them, and inside `fallback`, which then answers what has no
 * copy. It keeps the last good answers to GET and HEAD and never answers while the upstream does. `no-store`, `no-cache`,
 * `must-revalidate`, `private`, `Vary` and unsafe methods are obeyed (RFC 9111); a copy carries `Age` and `Cache-Status`
 * (RFC 9211). Requests with credentials are left alone unless `key` says whose answers they get.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 * @example
 * const prices = standardPolicy({ name: 'prices', staleIfError: staleIfError({ maxStaleMs: 3_600_000 }) })
 */
export const staleIfError: (options?: Partial<StaleIfErrorOptions>) => Strategy<'staleIfError', NoCallOptions> = install
