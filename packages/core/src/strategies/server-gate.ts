import { GateCell, type GateCallTerms } from '../gate-cell.ts'
import { checkOptions, positiveMs, waitMs, withDefaults, type OptionRules } from '../option-checks.ts'
import type { ProviderHeaders } from '../rate-headers.ts'
import { defineStrategy } from '../strategy.ts'

export interface ServerGateOptions {
  /** Longest time an attempt waits at a closed gate, ms; Infinity waits as long as the deadline allows. Default 1_000. */
  readonly maxWaitMs: number
  /** Longest time an overloaded server (503 and its like) can close the gate for, ms; it may say so again. Default 60_000. */
  readonly maxCloseMs: number
  /** Longest time a 429 or a used-up quota can close the gate for, ms. Default 86_400_000, a day. */
  readonly maxQuotaCloseMs: number
  /** The provider's own quota headers, read before the standard ones. */
  readonly headers: ProviderHeaders | undefined
}

/** What a single call may change. */
export type ServerGateCallOptions = GateCallTerms

const DEFAULTS: ServerGateOptions = {
  maxWaitMs: 1_000,
  maxCloseMs: 60_000,
  maxQuotaCloseMs: 86_400_000,
  headers: undefined,
}

const RULES: OptionRules = {
  maxWaitMs: waitMs,
  maxCloseMs: positiveMs,
  maxQuotaCloseMs: positiveMs,
  headers: { allowed: 'an array of provider quotas, such as etsyHeaders', check: Array.isArray },
}

/**
 * Holds all calls of a key back while the server asked for a pause, not only the one that was told.
 *
 * It keeps one opening time per key, learned from the `Retry-After` of an overloaded server (429, 503 and their like)
 * and from quotas of which nothing is left. A call waits for a short pause, spread a little so that not all come back
 * together, and is refused with `gate-closed` for a long one. Just before sending it is asked again.
 *
 * A 429 is believed for up to a day: it is a decision about this client, and asking again often makes it longer. A 503
 * is believed for a minute: it guesses when an outage will end.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 * @see RFC 9110 section 10.2.3; draft-ietf-httpapi-ratelimit-headers
 */
export const serverGate = defineStrategy<'serverGate', ServerGateOptions, ServerGateCallOptions>(
  'serverGate',
  (env, options) => {
    const cellOf = env.cell(({ key }) => new GateCell(env, key, options))
    return (next) => (call) => {
      const cell = cellOf(call)
      if (cell.closedForMs(call.isStarting ? call.startedMs : env.clock.now()) > 0) return cell.pass(call, next)
      call.hold(cell)
      return next(call)
    }
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('serverGate', given, RULES)
      return withDefaults(DEFAULTS, given)
    },
    checkCall(options) {
      checkOptions('serverGate', options, { maxWaitMs: waitMs })
    },
  },
)
