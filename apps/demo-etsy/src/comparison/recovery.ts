import type { CallRecord } from '../shop/call-journal.ts'

const windowMs = 1_000
const stepMs = 250
const goodShare = 0.95

/**
 * Time from the repair until calls work again and go on working: the first 1 s window from which on every window up to the
 * next trouble has at least 95 % of the offered calls answered. Windows start every 250 ms; those without a call are passed over.
 * @param repairMs end of the outage, milliseconds from the start of the day
 * @param untilMs start of the next trouble
 * @returns milliseconds, or `never`
 */
export function recoveryTime(calls: readonly CallRecord[], repairMs: number, untilMs: number): number | 'never' {
  let recoveredAtMs: number | undefined
  for (let fromMs = repairMs; fromMs + windowMs <= untilMs; fromMs += stepMs) {
    const offered = calls.filter((call) => call.offeredAtMs >= fromMs && call.offeredAtMs < fromMs + windowMs)
    if (offered.length === 0) continue
    const good = offered.filter((call) => call.outcome !== 'failed').length
    if (good / offered.length < goodShare) recoveredAtMs = undefined
    else recoveredAtMs ??= fromMs
  }
  return recoveredAtMs === undefined ? 'never' : recoveredAtMs - repairMs
}
