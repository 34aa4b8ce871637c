import { systemClock, type Clock } from '../clock.ts'
import {
  anObject,
  callable,
  checkOptions,
  flag,
  integer,
  positiveMs,
  positiveNumber,
  withDefaults,
} from '../option-checks.ts'
import type { ServiceError } from '../service-errors/service-error.ts'
import type { Alert } from './alert-desk.ts'

/** What an event is about. */
export interface MonitoredEvent {
  /** Whose answer it was, such as `etsy`. Default: what the error says, else `unknown`. */
  readonly upstream?: string
  /** The operation or the route's template, never a URL with ids. */
  readonly route?: string
  readonly durationMs?: number
}

/** More than so many matching errors within a span. */
export interface Threshold {
  readonly name: string
  readonly matches: (error: ServiceError, event: MonitoredEvent) => boolean
  readonly count: number
  readonly withinMs: number
}

export interface MonitorOptions {
  /** Called when an incident begins and when it is over; what it throws is contained. */
  readonly onAlert: (alert: Alert) => void
  /** Share of calls that may fail, above 0 and below 1. Default 0.01. */
  readonly errorBudget: number
  /** Events without which nothing is concluded. Default 20. */
  readonly minimumEvents: number
  /** How long an alert that is over may not fire again, ms. Default 900_000. */
  readonly cooldownMs: number
  /** Alerts within `stormMs` above which they are folded into one. Default 20. */
  readonly stormAlerts: number
  /** Default 300_000. */
  readonly stormMs: number
  readonly thresholds: readonly Threshold[]
  /** Whether a kind of failure that was never seen before is an alert. Default true. */
  readonly alertOnNewErrors: boolean
  /** Calls slower than this are told to `onSlowCall`, ms. Default: none. */
  readonly slowMs: number | undefined
  readonly onSlowCall:
    ((call: { readonly upstream: string; readonly route: string; readonly durationMs: number }) => void) | undefined
  /** Error groups kept; further kinds are counted together. Default 1_000. */
  readonly maxGroups: number
  readonly clock: Clock
}

const DEFAULTS: MonitorOptions = {
  onAlert: () => undefined,
  errorBudget: 0.01,
  minimumEvents: 20,
  cooldownMs: 900_000,
  stormAlerts: 20,
  stormMs: 300_000,
  thresholds: [],
  alertOnNewErrors: true,
  slowMs: undefined,
  onSlowCall: undefined,
  maxGroups: 1_000,
  clock: systemClock,
}

/** @throws {TypeError} For a bad option. */
export const parseMonitorOptions = (options: Partial<MonitorOptions>): MonitorOptions => {
  checkOptions('createMonitor', options, {
    onAlert: callable,
    errorBudget: {
      allowed: 'a number above 0 and below 1',
      check: (value) => typeof value === 'number' && value > 0 && value < 1,
    },
    minimumEvents: integer(1, 1_000_000),
    cooldownMs: positiveMs,
    stormAlerts: positiveNumber,
    stormMs: positiveMs,
    thresholds: { allowed: 'an array of thresholds', check: Array.isArray },
    alertOnNewErrors: flag,
    slowMs: positiveMs,
    onSlowCall: callable,
    maxGroups: integer(1, 1_000_000),
    clock: anObject,
  })
  return withDefaults(DEFAULTS, options)
}
