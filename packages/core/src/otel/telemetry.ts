import { context } from '@opentelemetry/api'
import type { Outcome } from '../call.ts'
import { callable, checkOptions, flag, oneOf, withDefaults } from '../option-checks.ts'
import { defineStrategy, type Environment } from '../strategy.ts'
import { CallAttributes } from './call-attributes.ts'
import { CallContext, type SpanMode } from './call-context.ts'
import { recordAttempt, recordCall, recordStaleResult, recordTransition } from './call-metrics.ts'
import { resultOf } from './call-result.ts'
import { observeGauges, type Observer } from './instruments.ts'
import { LOGGED_EVENTS, LogEvents, type LogEmitter } from './log-events.ts'
import { policyGauges } from './policy-gauges.ts'

export interface TelemetryOptions {
  /**
   * Which calls get a span around their attempts. `retried`: those with a second attempt; it begins with the call and is
   * linked to the first attempt, which ran before it was known. `always`: every call. Default `retried`.
   */
  readonly span: SpanMode
  /** Whether `holdfast.*` metrics are recorded. Default true. */
  readonly metrics: boolean
  /** Whether each attempt is recorded as `http.client.request.duration`, for clients that nothing instruments. Default false. */
  readonly httpMetrics: boolean
  /** Gives the logger that receives events as log records, asked each time. Default: none are written. */
  readonly logger: (() => LogEmitter) | undefined
}

const DEFAULTS: TelemetryOptions = { span: 'retried', metrics: true, httpMetrics: false, logger: undefined }

// The gauges of a policy live as long as the pipeline that holds this.
const sources = new WeakMap<object, { readonly observe: Observer }>()

// What fails in telemetry must fail nothing else.
const contained = (work: () => void): void => {
  try {
    work()
  } catch {
    // An exporter that throws has a log of its own.
  }
}

const listen = (env: Environment, options: TelemetryOptions, attributes: CallAttributes): void => {
  if (options.metrics) {
    env.on('breaker-changed', (event) => {
      recordTransition(event, attributes)
    })
    env.on('stale-result-ignored', (event) => {
      recordStaleResult(event, attributes)
    })
    const source = { observe: policyGauges(() => env.health(), attributes) }
    sources.set(env, source)
    observeGauges(source)
  }
  if (options.httpMetrics) {
    env.on('attempt-ended', (event) => {
      recordAttempt(event, attributes)
    })
  }
  if (options.logger !== undefined) {
    const log = new LogEvents(options.logger, env.clock, attributes)
    for (const name of LOGGED_EVENTS) {
      env.on(name, (event) => {
        log.write(event)
      })
    }
  }
}

/**
 * Reports a policy to OpenTelemetry: metrics, one span around the attempts of a call, and log events on demand.
 *
 * List it first. It uses the providers registered with `@opentelemetry/api`, also those registered after it was made,
 * and makes no HTTP spans: the instrumentations make one for each attempt, as children of the call's span.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 * @example
 * const etsy = standardPolicy({ name: 'etsy', telemetry: telemetry() })
 */
export const telemetry = defineStrategy(
  'telemetry',
  (env, options: TelemetryOptions) => {
    const attributes = new CallAttributes(env.policy)
    listen(env, options, attributes)
    const record = (outcome: Outcome, scope: CallContext | undefined): Outcome => {
      contained(() => {
        const result = resultOf(outcome)
        scope?.end(result)
        if (options.metrics) recordCall(outcome, result, env.clock.now() - outcome.call.startedMs, attributes)
      })
      return outcome
    }
    const unscoped = (outcome: Outcome): Outcome => record(outcome, undefined)
    return (next) => {
      if (options.span === 'never') return (call) => next(call).then(unscoped)
      return (call) => {
        let scope: CallContext | undefined
        contained(() => {
          const { key, method } = call
          scope = new CallContext(call, env.clock, context.active(), options.span, attributes.ofCall(key, method))
        })
        if (scope === undefined) return next(call).then(unscoped)
        const ended = scope
        return context.with(scope, next, undefined, call).then((outcome) => record(outcome, ended))
      }
    }
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('telemetry', given, {
        span: oneOf('retried', 'always', 'never'),
        metrics: flag,
        httpMetrics: flag,
        logger: callable,
      })
      return withDefaults(DEFAULTS, given)
    },
  },
)
