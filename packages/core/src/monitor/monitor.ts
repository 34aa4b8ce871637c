import { scrubText } from '../logging/scrub-text.ts'
import type { Policy } from '../policy.ts'
import { fromReason, toServiceError } from '../service-errors/to-service-error.ts'
import { AlertDesk, type Alert } from './alert-desk.ts'
import { BURN_RULES, BurnRate } from './burn-rate.ts'
import { ErrorGroups, type ErrorGroup } from './error-groups.ts'
import { EventRing } from './event-ring.ts'
import { fingerprintOf } from './fingerprint.ts'
import { LatencyTable, type LatencySummary } from './latency-table.ts'
import { parseMonitorOptions, type MonitoredEvent, type MonitorOptions, type Threshold } from './monitor-options.ts'

const MOST_NAMES = 200
const OTHER = 'other'
const CHECK_EVERY_MS = 1_000
const WATCH_EVERY_MS = 30_000

/** What the monitor knows, as plain data. */
export interface MonitorSummary {
  readonly lastFiveMinutes: { readonly errors: number; readonly total: number }
  readonly byUpstream: Readonly<Record<string, { readonly errors: number; readonly total: number }>>
  readonly byCategory: Readonly<Record<string, number>>
  readonly byCode: Readonly<Record<string, number>>
  readonly byRoute: Readonly<Record<string, number>>
  readonly groups: readonly ErrorGroup[]
  /** Errors of kinds for which there was no room. */
  readonly folded: number
  readonly firing: readonly Pick<Alert, 'kind' | 'subject' | 'message'>[]
  readonly latency: Readonly<Record<string, LatencySummary>>
}

/** Counts by name; a counter is an object, because setting a number in a map again costs more than all the rest. */
type Counts = Map<string, { count: number }>

const count = (counts: Counts, given: string): void => {
  let counter = counts.get(given)
  if (counter === undefined) {
    const name = counts.size < MOST_NAMES ? given : OTHER
    counter = counts.get(name)
    if (counter === undefined) counts.set(name, (counter = { count: 0 }))
  }
  counter.count += 1
}

const plain = (counts: Counts): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from(counts, ([name, counter]) => [name, counter.count]))

/**
 * Counts what succeeds and what fails, groups failures by kind, and says when it is too much.
 *
 * Memory is bounded in every direction: 200 upstreams, codes and routes, `maxGroups` kinds of error. It needs no timer
 * but one while an alert is firing, which does not keep the process alive.
 */
export class Monitor {
  readonly #options: MonitorOptions
  readonly #desk: AlertDesk
  readonly #groups: ErrorGroups
  readonly #all = new BurnRate()
  readonly #upstreams = new Map<string, BurnRate>()
  readonly #thresholds: readonly { readonly rule: Threshold; readonly ring: EventRing }[]
  readonly #byCategory: Counts = new Map()
  readonly #byCode: Counts = new Map()
  readonly #byRoute: Counts = new Map()
  readonly #latency = new LatencyTable(MOST_NAMES)
  #checkedMs = -Infinity
  #isWatching = false

  /** @internal Use `createMonitor`. */
  constructor(options: MonitorOptions) {
    this.#options = options
    this.#desk = new AlertDesk(options)
    this.#groups = new ErrorGroups(options.maxGroups)
    this.#thresholds = options.thresholds.map((rule) => ({
      rule,
      ring: new EventRing(Math.max(1, rule.withinMs / 20), 20),
    }))
  }

  success(event: MonitoredEvent = {}): void {
    const nowMs = this.#options.clock.now()
    this.#count(event.upstream ?? 'unknown', false, nowMs)
    this.#time(event, nowMs)
    this.#check(nowMs)
  }

  /**
   * Counts a failure.
   *
   * @param fingerprint - The kind it belongs to. Default: made out of the error.
   * @returns The fingerprint, for an error tracker.
   */
  error(failure: unknown, event: MonitoredEvent = {}, fingerprint?: string): string {
    const nowMs = this.#options.clock.now()
    const error = toServiceError(failure, event.upstream === undefined ? {} : { upstream: event.upstream })
    const upstream = event.upstream ?? error.upstream ?? 'unknown'
    const route = event.route ?? error.operation
    // The first error says what happened; the service error around it says the same of all of a kind.
    const print = fingerprint ?? fingerprintOf(error.cause ?? error, { upstream, route })
    this.#count(upstream, true, nowMs)
    count(this.#byCategory, error.category)
    count(this.#byCode, error.code)
    count(this.#byRoute, route ?? 'unknown')
    this.#time({ upstream, ...event }, nowMs)
    const isNew = this.#groups.count(print, nowMs, () => ({
      code: error.code,
      category: error.category,
      upstream,
      route,
      message: scrubText(error.message),
    }))
    if (isNew && this.#options.alertOnNewErrors) {
      this.#desk.tell(
        { kind: 'new-error', subject: print, message: `first of its kind: ${scrubText(error.message)}` },
        nowMs,
      )
    }
    for (const { rule, ring } of this.#thresholds) if (rule.matches(error, event)) ring.add(true, nowMs)
    this.#check(nowMs)
    return print
  }

  /** Feeds every call of a policy into the monitor; returns the function that stops it. */
  watch(policy: Policy): () => void {
    return policy.on('call-ended', ({ outcome, key, durationMs, reason = outcome, method }) => {
      if (outcome === 'aborted') return
      const upstream = policy.name
      const route = `${method} ${key}`
      if (outcome === 'success') this.success({ upstream, route, durationMs })
      else this.error(fromReason(reason, { upstream }), { upstream, route, durationMs }, `${upstream} ${key} ${reason}`)
    })
  }

  summary(): MonitorSummary {
    const nowMs = this.#options.clock.now()
    const spanMs = 300_000
    return {
      lastFiveMinutes: this.#all.counts(spanMs, nowMs),
      byUpstream: Object.fromEntries([...this.#upstreams].map(([name, rate]) => [name, rate.counts(spanMs, nowMs)])),
      byCategory: plain(this.#byCategory),
      byCode: plain(this.#byCode),
      byRoute: plain(this.#byRoute),
      groups: this.#groups.top(20),
      folded: this.#groups.folded,
      firing: this.#desk.firing,
      latency: this.#latency.summary(nowMs),
    }
  }

  #count(upstream: string, isError: boolean, nowMs: number): void {
    let rate = this.#upstreams.get(upstream)
    if (rate === undefined) {
      const name = this.#upstreams.size < MOST_NAMES ? upstream : OTHER
      rate = this.#upstreams.get(name)
      if (rate === undefined) this.#upstreams.set(name, (rate = new BurnRate()))
    }
    rate.add(isError, nowMs)
    this.#all.add(isError, nowMs)
  }

  #time({ upstream = 'unknown', route = 'unknown', durationMs }: MonitoredEvent, nowMs: number): void {
    if (durationMs === undefined) return
    this.#latency.record(`${upstream} ${route}`, durationMs, nowMs)
    const { slowMs, onSlowCall } = this.#options
    if (slowMs === undefined || durationMs < slowMs) return
    try {
      onSlowCall?.({ upstream, route, durationMs })
    } catch {
      // A warning that fails is no reason to fail.
    }
  }

  #check(nowMs: number): void {
    if (nowMs - this.#checkedMs < CHECK_EVERY_MS) return
    this.#checkedMs = nowMs
    const { errorBudget, minimumEvents } = this.#options
    for (const [upstream, rate] of this.#upstreams) {
      for (const rule of BURN_RULES) {
        if (rate.isBurning(rule, errorBudget, minimumEvents, nowMs)) {
          const { errors, total } = rate.counts(rule.shortMs, nowMs)
          const message = `${upstream}: ${errors} of ${total} calls failed in ${rule.shortMs / 60_000} min`
          this.#desk.fire({ kind: rule.kind, subject: upstream, message }, nowMs)
        } else this.#desk.recover(rule.kind, upstream, `${upstream}: errors are back within the budget`, nowMs)
      }
    }
    for (const { rule, ring } of this.#thresholds) {
      const { errors } = ring.counts(rule.withinMs, nowMs)
      if (errors > rule.count) {
        const message = `${rule.name}: ${errors} errors in ${Math.round(rule.withinMs / 1_000)} s`
        this.#desk.fire({ kind: 'threshold', subject: rule.name, message }, nowMs)
      } else this.#desk.recover('threshold', rule.name, `${rule.name}: back to normal`, nowMs)
    }
    this.#desk.settle(nowMs)
    this.#watch()
  }

  // Without further events nobody would notice that it is over.
  #watch(): void {
    if (this.#isWatching || (this.#desk.firing.length === 0 && !this.#desk.isStorm)) return
    this.#isWatching = true
    const { clock } = this.#options
    clock.setTimer(
      () => {
        this.#isWatching = false
        this.#check(clock.now())
        this.#watch()
      },
      WATCH_EVERY_MS,
      false,
    )
  }
}

/**
 * Makes a {@link Monitor}.
 *
 * @throws {TypeError} For a bad option.
 * @example
 * const monitor = createMonitor({ onAlert: ({ message }) => pager.send(message) })
 * monitor.watch(etsy)
 */
export const createMonitor = (options: Partial<MonitorOptions> = {}): Monitor =>
  new Monitor(parseMonitorOptions(options))
