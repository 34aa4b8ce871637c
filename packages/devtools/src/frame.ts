import type { BreakerState } from '@holdfast/core'

/** How a call ended. */
export type CallOutcome = 'success' | 'failure' | 'rejection' | 'aborted'

/** A policy as the page lists it. */
export interface PolicyView {
  readonly name: string
  readonly hasBreaker: boolean
  /** Outermost first. */
  readonly strategies: readonly { readonly name: string; readonly options: Readonly<Record<string, unknown>> }[]
}

/** What the page shows of one key; times are wall-clock ms. */
export interface KeyView {
  /** Stands for policy and key in actions; says nothing about either. */
  readonly id: string
  readonly policy: string
  /** The key as it may be shown. */
  readonly label: string
  readonly breaker: BreakerView | undefined
  /** The latest changes of the breaker, oldest first. */
  readonly history: readonly (readonly [atMs: number, state: BreakerState])[]
  readonly budget: { readonly tokens: number; readonly capacity: number } | undefined
  readonly rate: RateView | undefined
  readonly daily: { readonly remaining: number; readonly limit: number | undefined } | undefined
  readonly quotas: readonly QuotaGauge[]
  readonly gate: { readonly closedUntilMs: number | undefined; readonly waiting: number } | undefined
  readonly throttle: { readonly probability: number } | undefined
  readonly concurrency: { readonly limit: number; readonly inFlight: number; readonly queued: number } | undefined
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
  /** Facts of strategies this package does not know, one line each. */
  readonly others: readonly string[]
}

export interface BreakerView {
  readonly state: BreakerState
  readonly failureRatio: number
  /** Calls the ratio was taken of. */
  readonly calls: number
  readonly openUntilMs: number | undefined
  readonly note: string | undefined
}

export interface RateView {
  readonly remaining: number
  readonly permits: number | undefined
  readonly queued: number
  readonly inFlight: number
  /** Below 1 while the server's answers slow the limit down. */
  readonly factor: number
}

export interface QuotaGauge {
  readonly name: string
  readonly remaining: number
  readonly limit: number | undefined
  readonly resetAtMs: number
}

/** One second of one policy; `second` counts from 1970. */
export interface TrafficSecond {
  readonly policy: string
  readonly second: number
  readonly success: number
  readonly failure: number
  readonly rejection: number
  readonly aborted: number
  readonly retries: number
}

export interface TimelineEntry {
  readonly id: number
  readonly atMs: number
  readonly kind: string
  readonly level: 'info' | 'warn' | 'error'
  readonly policy: string | undefined
  readonly label: string | undefined
  readonly text: string
  /** Above 1 where the same was said again and again. */
  readonly times: number
}

export interface InFlightCall {
  readonly id: number
  readonly policy: string
  readonly method: string
  readonly label: string
  readonly startedMs: number
}

export interface EndedCall extends InFlightCall {
  readonly outcome: CallOutcome
  readonly durationMs: number
  readonly attempts: number
  readonly status: number | undefined
  readonly code: string | undefined
  /** Every decision of the call, one a line. */
  readonly explain: string
}

export interface ErrorGroupView {
  readonly fingerprint: string
  readonly code: string
  readonly category: string
  readonly upstream: string | undefined
  readonly route: string | undefined
  readonly message: string
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

export interface AlertView {
  readonly kind: string
  readonly subject: string
  readonly message: string
}

export interface MonitorView {
  readonly lastFiveMinutes: { readonly errors: number; readonly total: number }
  readonly groups: readonly ErrorGroupView[]
  /** Errors of kinds for which the monitor had no room. */
  readonly folded: number
  readonly alerts: readonly AlertView[]
}

export interface ServiceView {
  readonly name: string
  readonly isDegraded: boolean
  readonly isKilled: boolean
  readonly reason: string | undefined
  readonly fallbacks: number
  readonly calls: number
  readonly lastCode: string | undefined
}

/** One message of the event stream; what did not change is absent. */
export interface Frame {
  /** Whether the page forgets what it knew. */
  readonly isFull: boolean
  /** The server's wall clock, ms. */
  readonly atMs: number
  readonly policies?: readonly PolicyView[]
  readonly keys?: readonly KeyView[]
  /** Ids of keys that are no more. */
  readonly gone?: readonly string[]
  /** Keys beyond the most that are shown. */
  readonly hiddenKeys?: number
  readonly traffic?: readonly TrafficSecond[]
  readonly timeline?: readonly TimelineEntry[]
  readonly inFlight?: { readonly count: number; readonly calls: readonly InFlightCall[] }
  readonly calls?: readonly EndedCall[]
  readonly monitor?: MonitorView
  readonly services?: readonly ServiceView[]
  readonly actions?: { readonly isAllowed: boolean; readonly hasSwitches: boolean }
}
