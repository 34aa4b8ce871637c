import { defineStrategy, type Call, type Environment, type Outcome } from '@holdfast/core'
import { BodyCipher } from './body-cipher.ts'
import { isDeadLetterError } from './dead-letter-error.ts'
import { HeaderAllowlist } from './kept-request.ts'
import { MOST_BODY_BYTES } from './kept-body.ts'
import { letterFrom, type CaptureOptions } from './letter-from-call.ts'
import type { NewDeadLetter } from './letter.ts'
import type { DeadLetterSink } from './queue.ts'

/** A call that finally failed, for those who decide what happens with it. */
export interface FailedCall {
  /** The classification's code, or that of the refusal. */
  readonly code: string
  readonly category: 'transient' | 'permanent' | 'partial' | 'fatal'
  readonly status: number | undefined
  readonly method: string
  readonly url: string
  readonly key: string
  /** Whether an idempotency key went with it. */
  readonly hasIdempotencyKey: boolean
}

/** Options of {@link deadLetters}. */
export interface DeadLettersOptions {
  readonly queue: DeadLetterSink
  /** Which failures are kept. Default: transient and partial ones of methods that change something, refusals included. */
  readonly when?: (failed: FailedCall) => boolean
  /** Name under which the replayer knows the service. Default: the policy's name. */
  readonly upstream?: string | ((failed: FailedCall) => string)
  /** Calls with the same key are sent again in their order. Default: none. */
  readonly orderKey?: (failed: FailedCall) => string | undefined
  /** Further request headers to keep; names that sound like credentials are refused. */
  readonly headers?: readonly string[]
  /** Largest body kept, bytes, 0 to 262,144. Default 262,144; a letter without its body waits for a person. */
  readonly maxBodyBytes?: number
  /** Encrypts bodies. */
  readonly cipher?: BodyCipher
  /** How long a letter is kept, ms, above 0. Default 30 days. */
  readonly keepMs?: number
  /** How long the failed call waits for its letter to be written, ms, above 0. Default 2,000. */
  readonly writeTimeoutMs?: number
  /** The last word on what is written: a changed letter, or undefined for none. */
  readonly redact?: (letter: NewDeadLetter) => NewDeadLetter | undefined
}

/** What one call may say under `resilience.deadLetters`. */
export interface DeadLetterCallOptions {
  readonly orderKey?: string
  /** On whose behalf the call is made, as a reference that is no secret. */
  readonly principal?: string
  /** Set by the replayer: the letter that is sent again, which is not kept a second time. */
  readonly replayOf?: string
}

const OWNER = 'deadLetters'
const DAY_MS = 86_400_000
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'CALL'])

const changesSomething = ({ method, category }: FailedCall): boolean =>
  !SAFE_METHODS.has(method) && (category === 'transient' || category === 'partial')

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isMs = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 256

const RULES: Readonly<
  Record<keyof DeadLettersOptions, readonly [allowed: string, check: (value: unknown) => boolean]>
> = {
  queue: [
    'a queue or another sink with an "add" method',
    (value) => isFunction((value as Partial<DeadLetterSink> | null | undefined)?.add),
  ],
  when: ['a function', isFunction],
  upstream: ['a name or a function', (value) => isFunction(value) || isText(value)],
  orderKey: ['a function', isFunction],
  headers: ['an array of header names', Array.isArray],
  maxBodyBytes: [
    `an integer from 0 to ${MOST_BODY_BYTES}`,
    (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_BODY_BYTES,
  ],
  cipher: ['a BodyCipher', (value) => value instanceof BodyCipher],
  keepMs: ['a number of milliseconds above 0', isMs],
  writeTimeoutMs: ['a number of milliseconds above 0', isMs],
  redact: ['a function', isFunction],
}

const CALL_OPTIONS = ['orderKey', 'principal', 'replayOf']

const rules = new Map(Object.entries(RULES))

const prepare = (given: Partial<DeadLettersOptions>): DeadLettersOptions => {
  for (const [name, value] of Object.entries<unknown>(given)) {
    const rule = rules.get(name)
    if (rule === undefined)
      throw new TypeError(`${OWNER}: unknown option "${name}". Known options: ${Object.keys(RULES).join(', ')}.`)
    if (value !== undefined && !rule[1](value)) throw new TypeError(`${OWNER}: option "${name}" must be ${rule[0]}.`)
  }
  const { queue } = given
  if (queue === undefined) throw new TypeError(`${OWNER}: option "queue" must be ${RULES.queue[0]}.`)
  // Refuses names of credentials here and not when a call fails.
  new HeaderAllowlist(OWNER, given.headers)
  return { ...given, queue }
}

const checkCall = (options: unknown): void => {
  for (const [name, value] of Object.entries(options as object)) {
    if (!CALL_OPTIONS.includes(name))
      throw new TypeError(`${OWNER} of a call: unknown option "${name}". Known options: ${CALL_OPTIONS.join(', ')}.`)
    if (value !== undefined && !isText(value))
      throw new TypeError(`${OWNER} of a call: option "${name}" must be a string of 1 to 256 characters.`)
  }
}

const failedCall = (outcome: Outcome, url: string): FailedCall => {
  const { call, verdict, head } = outcome
  const refusal = outcome.kind === 'rejection' ? (outcome.value as { readonly code: string }) : undefined
  return {
    code: refusal?.code ?? verdict?.code ?? 'unknown',
    category: refusal === undefined ? (verdict?.category ?? 'permanent') : 'transient',
    status: head?.status,
    method: call.method,
    url,
    key: call.key,
    hasIdempotencyKey: call.idempotencyKey !== undefined,
  }
}

const within = async (env: Environment, limitMs: number, writing: Promise<void>): Promise<'written' | 'late'> => {
  let timer: ReturnType<Environment['clock']['setTimer']> | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = env.clock.setTimer(() => {
      resolve('late')
    }, limitMs)
  })
  try {
    return await Promise.race([writing.then(() => 'written' as const), late])
  } finally {
    if (timer !== undefined) env.clock.clearTimer(timer)
  }
}

/**
 * Keeps calls that finally failed, to be sent again by a replayer: put it first, outside of retry and deadline.
 *
 * It acts when everything inside has given up, refusals included; the caller's own abort is not kept. The failure reaches
 * the caller unchanged, whatever happens to the letter: a queue that fails is told as `dead-letter-lost`. It keeps no state.
 *
 * @throws {TypeError} For a missing or bad option, when the strategy is made.
 * @example
 * const etsy = standardPolicy({ name: 'etsy', idempotencyKey: 'auto', deadLetters: deadLetters({ queue }) })
 */
export const deadLetters = defineStrategy<'deadLetters', DeadLettersOptions, DeadLetterCallOptions>(
  'deadLetters',
  (env, options) => {
    const allowlist = new HeaderAllowlist(OWNER, options.headers)
    const { when = changesSomething, upstream = env.policy, redact = (letter: NewDeadLetter) => letter } = options
    const capture: CaptureOptions = {
      allowlist,
      maxBodyBytes: options.maxBodyBytes ?? MOST_BODY_BYTES,
      cipher: options.cipher,
      keepMs: options.keepMs ?? 30 * DAY_MS,
    }

    const lost = (call: Call, name: string, reason: string, error: unknown): void => {
      const detail = isDeadLetterError(error) ? error.message : error instanceof Error ? error.name : typeof error
      env.emit('dead-letter-lost', { key: call.key, upstream: name, reason, detail })
    }

    const write = async (call: Call, letter: NewDeadLetter): Promise<void> => {
      const limitMs = options.writeTimeoutMs ?? 2_000
      const writing = options.queue.add(letter)
      if ((await within(env, limitMs, writing)) === 'late') {
        // Somebody must hear how it ended, and nobody waits for it any more.
        writing.catch(() => undefined)
        env.emit('dead-letter-lost', {
          key: call.key,
          upstream: letter.upstream,
          reason: 'unconfirmed',
          detail: `not confirmed within ${limitMs} ms, and may have been written all the same`,
        })
        return
      }
      const { id, upstream: name, errorCode: reason } = letter
      env.emit('dead-letter-stored', { key: call.key, id, upstream: name, reason })
    }

    const keep = async (outcome: Outcome): Promise<Outcome> => {
      const { call } = outcome
      let name = env.policy
      try {
        const request = call.transport.request?.()
        if (request?.url === undefined) return outcome
        const failed = failedCall(outcome, request.url)
        if (!when(failed)) return outcome
        name = typeof upstream === 'function' ? upstream(failed) : upstream
        const given = call.options<DeadLetterCallOptions>('deadLetters')
        const letter = redact(
          await letterFrom(outcome, request, capture, {
            upstream: name,
            code: failed.code,
            orderKey: given?.orderKey ?? options.orderKey?.(failed),
            principal: given?.principal,
            nowMs: env.clock.wall(),
          }),
        )
        if (letter !== undefined) await write(call, letter)
      } catch (error) {
        // The failure of the call is what its caller must hear of, not that of the queue.
        lost(call, name, isDeadLetterError(error) ? error.code : 'write-failed', error)
      }
      return outcome
    }

    return (next) => (call) =>
      next(call).then((outcome) =>
        outcome.isSuccess ||
        outcome.verdict?.source === 'caller' ||
        call.options<DeadLetterCallOptions>('deadLetters')?.replayOf !== undefined
          ? outcome
          : keep(outcome),
      )
  },
  { neverThrows: true, checkCall, prepare },
)
