import { httpDateMs } from '../pushback.ts'
import type { ResponseHead } from '../response-head.ts'
import type { CacheControl } from './cache-control.ts'

/** When an answer was asked for and when it came, ms since 1970. */
export interface AnswerTimes {
  readonly askedAtMs: number
  readonly answeredAtMs: number
}

/** All that is kept of an answer's own words about its age. */
export interface Freshness {
  /** Its age when it arrived, ms. */
  readonly initialAgeMs: number
  /** How long it is fresh, from the age of 0, ms. */
  readonly lifetimeMs: number
  /** How long after that it may stand in for an error, ms; 0 where the server forbids it. */
  readonly staleMs: number
}

// RFC 9111 section 4.2.2 suggests a tenth of the time since the last change.
const HEURISTIC_SHARE = 0.1

const dateOf = (head: ResponseHead, name: string, wallMs: number): number | undefined => {
  const value = head.header(name)
  return value === undefined ? undefined : httpDateMs(value, wallMs)
}

/** @see RFC 9111, section 4.2.3 */
const initialAgeMs = (head: ResponseHead, { askedAtMs, answeredAtMs }: AnswerTimes): number => {
  const dateMs = dateOf(head, 'date', answeredAtMs)
  const apparentMs = dateMs === undefined ? 0 : Math.max(0, answeredAtMs - dateMs)
  const age = head.header('age')?.trim()
  const givenMs = age !== undefined && /^\d+$/.test(age) ? Number(age) * 1_000 : 0
  return Math.max(apparentMs, givenMs + Math.max(0, answeredAtMs - askedAtMs))
}

/** @see RFC 9111, sections 4.2.1 and 4.2.2 */
const lifetimeMs = (head: ResponseHead, control: CacheControl, isShared: boolean, wallMs: number): number => {
  const seconds = (isShared ? control.get('s-maxage') : undefined) ?? control.get('max-age')
  if (typeof seconds === 'number') return seconds * 1_000
  const sentMs = dateOf(head, 'date', wallMs) ?? wallMs
  // An invalid date, above all "0", means that it has expired.
  if (head.header('expires') !== undefined) {
    return Math.max(0, (dateOf(head, 'expires', wallMs) ?? sentMs) - sentMs)
  }
  const changedMs = dateOf(head, 'last-modified', wallMs)
  return changedMs === undefined ? 0 : Math.max(0, HEURISTIC_SHARE * (sentMs - changedMs))
}

const forbidsStale = (control: CacheControl, isShared: boolean): boolean =>
  control.has('must-revalidate') || (isShared && (control.has('proxy-revalidate') || control.has('s-maxage')))

/**
 * What an answer says about its age, its freshness and its use after an error.
 *
 * @param isShared - Whether more than one user may get it; then `s-maxage` and `proxy-revalidate` hold as well.
 * @param maxStaleMs - The most it may be past its freshness, whatever the server allows.
 * @see RFC 9111, section 4.2; RFC 5861, section 4
 */
export const freshnessOf = (
  head: ResponseHead,
  control: CacheControl,
  times: AnswerTimes,
  isShared: boolean,
  maxStaleMs: number,
): Freshness => {
  const allowed = control.get('stale-if-error')
  const staleMs = forbidsStale(control, isShared) ? 0 : typeof allowed === 'number' ? allowed * 1_000 : maxStaleMs
  return {
    initialAgeMs: initialAgeMs(head, times),
    lifetimeMs: lifetimeMs(head, control, isShared, times.answeredAtMs),
    staleMs: Math.min(staleMs, maxStaleMs),
  }
}

/** The age of a stored answer; a wall clock that was set back does not make it younger than it came. */
export const ageMs = (kept: Freshness, answeredAtMs: number, wallMs: number): number =>
  kept.initialAgeMs + Math.max(0, wallMs - answeredAtMs)

/**
 * Whether a stored answer of this age may stand in for an error, by its own words and by those of the request.
 *
 * @param wanted - `Cache-Control` of the request: `stale-if-error` and `max-stale` bound the staleness, `max-age` the age,
 *   `min-fresh` asks for freshness left over.
 * @see RFC 9111, section 5.2.1; RFC 5861, section 4
 */
export const mayServe = (kept: Freshness, answerAgeMs: number, wanted: CacheControl): boolean => {
  const stalenessMs = answerAgeMs - kept.lifetimeMs
  const limitMs = (name: string): number | undefined => {
    const seconds = wanted.get(name)
    return typeof seconds === 'number' ? seconds * 1_000 : undefined
  }
  const mostMs = Math.min(kept.staleMs, limitMs('stale-if-error') ?? Infinity, limitMs('max-stale') ?? Infinity)
  if (stalenessMs > Math.max(0, mostMs)) return false
  // RFC 9111 section 5.2.1.1: who takes a stale answer has said more than the age it prefers.
  if (wanted.has('stale-if-error') || wanted.has('max-stale')) return true
  if (stalenessMs > -(limitMs('min-fresh') ?? -Infinity)) return false
  return answerAgeMs <= (limitMs('max-age') ?? Infinity)
}
