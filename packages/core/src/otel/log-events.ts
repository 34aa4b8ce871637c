import type { Attributes } from '@opentelemetry/api'
import type { Clock } from '../clock.ts'
import type { PolicyEvent, PolicyEventName } from '../events.ts'
import type { CallAttributes } from './call-attributes.ts'

/** One log record of OpenTelemetry with an event name. */
export interface LogEvent {
  readonly eventName: string
  /** 5 debug, 9 info, 13 warning. */
  readonly severityNumber: 5 | 9 | 13
  readonly severityText: 'DEBUG' | 'INFO' | 'WARN'
  readonly body: string
  readonly timestamp: number
  readonly attributes: Attributes
}

/** The part of OpenTelemetry's `Logger` that is used. */
export interface LogEmitter {
  emit(record: LogEvent): void
}

type Level = LogEvent['severityText']

interface Line {
  readonly eventName: string
  readonly level: Level
  readonly attributes: Attributes
}

const NUMBERS = { DEBUG: 5, INFO: 9, WARN: 13 } as const
const PER_MINUTE = 100
const MINUTE_MS = 60_000

const LINES: { readonly [Name in PolicyEventName]?: (event: PolicyEvent<Name>) => Line | undefined } = {
  'breaker-changed': ({ from, to, reason, openMs }) => ({
    eventName: 'circuit_breaker.state_change',
    level: to === 'open' || to === 'forced-open' ? 'WARN' : 'INFO',
    attributes: { from, to, cause: reason, ...(openMs === undefined ? {} : { 'open.duration_ms': openMs }) },
  }),
  'retry-scheduled': ({ attempt, delayMs, reason }) => ({
    eventName: 'retry.scheduled',
    level: 'DEBUG',
    attributes: { attempt, 'delay.duration_ms': delayMs, reason },
  }),
  'retry-stopped': ({ attempts, reason, failure }) => ({
    eventName: 'retry.stopped',
    level: 'WARN',
    attributes: { attempts, reason, failure },
  }),
  'budget-exhausted': ({ tokens }) => ({
    eventName: 'retry_budget.exhausted',
    level: 'WARN',
    attributes: { tokens },
  }),
  'budget-restored': ({ tokens }) => ({ eventName: 'retry_budget.restored', level: 'INFO', attributes: { tokens } }),
  'throttle-engaged': ({ probability }) => ({
    eventName: 'throttle.engaged',
    level: 'WARN',
    attributes: { probability },
  }),
  'throttle-released': () => ({ eventName: 'throttle.released', level: 'INFO', attributes: {} }),
  'quota-observed': ({ quotas }) => ({
    eventName: 'rate_limit.observed',
    level: 'INFO',
    attributes: { quotas: quotas.length },
  }),
  'gate-closed': ({ forMs, reason }) => ({
    eventName: 'gate.closed',
    level: 'INFO',
    attributes: { 'closed.duration_ms': forMs, reason },
  }),
  'call-rejected': ({ code }) =>
    code === 'deadline-exceeded' ? { eventName: 'deadline.exceeded', level: 'WARN', attributes: {} } : undefined,
  'nested-retry': ({ client }) => ({ eventName: 'config.nested_retry', level: 'WARN', attributes: { client } }),
}

export const LOGGED_EVENTS = Object.keys(LINES) as readonly PolicyEventName[]

/**
 * Turns events of a policy into log records, at most 100 a minute of each name; how many were left out is told by the
 * first record of the next minute.
 */
export class LogEvents {
  readonly #logger: () => LogEmitter
  readonly #clock: Clock
  readonly #attributes: CallAttributes
  readonly #counts = new Map<string, { fromMs: number; written: number; leftOut: number }>()

  constructor(logger: () => LogEmitter, clock: Clock, attributes: CallAttributes) {
    this.#logger = logger
    this.#clock = clock
    this.#attributes = attributes
  }

  write(event: PolicyEvent): void {
    const line = (LINES[event.type] as ((event: PolicyEvent) => Line | undefined) | undefined)?.(event)
    if (line === undefined) return
    const leftOut = this.#admit(line.eventName)
    if (leftOut === undefined) return
    const key = 'key' in event ? event.key : event.policy
    this.#logger().emit({
      eventName: `holdfast.${line.eventName}`,
      severityNumber: NUMBERS[line.level],
      severityText: line.level,
      body: `${event.policy}: ${line.eventName.replaceAll('_', ' ')}`,
      timestamp: this.#clock.wall(),
      attributes: {
        ...this.#attributes.ofKey(key),
        ...line.attributes,
        ...(leftOut === 0 ? {} : { 'holdfast.suppressed': leftOut }),
      },
    })
  }

  /** How many were left out since the last one written; undefined when this one is left out as well. */
  #admit(eventName: string): number | undefined {
    const nowMs = this.#clock.now()
    let count = this.#counts.get(eventName)
    if (count === undefined) this.#counts.set(eventName, (count = { fromMs: nowMs, written: 0, leftOut: 0 }))
    if (nowMs - count.fromMs >= MINUTE_MS) {
      count.fromMs = nowMs
      count.written = 0
    }
    if (count.written >= PER_MINUTE) {
      count.leftOut += 1
      return undefined
    }
    count.written += 1
    const { leftOut } = count
    count.leftOut = 0
    return leftOut
  }
}
