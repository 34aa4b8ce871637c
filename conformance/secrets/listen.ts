import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { onPolicyEvent, type Policy, type PolicyEventName } from '@holdfast/core'
import { logError, logPolicyEvents } from '@holdfast/core/logging'
import { createMonitor } from '@holdfast/core/monitor'
import { problemAnswer, toProblem } from '@holdfast/core/problem'
import { explainToUser, isServiceError, toServiceError } from '@holdfast/core/service-errors'
import { callReport, isHoldfastError } from '@holdfast/core'
import { pino } from 'pino'
import type { Outputs } from './outputs.ts'
import { facts } from './planted.ts'

const EVENTS: Readonly<Record<PolicyEventName, true>> = {
  'call-ended': true,
  'attempt-ended': true,
  'retry-scheduled': true,
  'retry-stopped': true,
  'budget-exhausted': true,
  'budget-restored': true,
  'breaker-changed': true,
  'stale-result-ignored': true,
  'gate-closed': true,
  'quota-observed': true,
  'throttle-engaged': true,
  'throttle-released': true,
  'limit-changed': true,
  'call-queued': true,
  'call-rejected': true,
  'fallback-used': true,
  'stale-served': true,
  'dead-letter-stored': true,
  'dead-letter-lost': true,
  'nested-retry': true,
  'listener-failed': true,
}

/** Puts every output of the project that listens by itself into `outputs`. */
export const listen = (outputs: Outputs) => {
  const logger = pino(
    { level: 'debug' },
    {
      write: (line: string) => {
        outputs.add('log line', line)
      },
    },
  )
  const stops: (() => void)[] = []
  for (const name of Object.keys(EVENTS) as PolicyEventName[]) {
    stops.push(
      onPolicyEvent(name, (event) => {
        outputs.add(`event ${name}`, event)
      }),
    )
    const raw = (message: unknown): void => {
      outputs.add('channel message', message)
    }
    subscribe(`holdfast:${name}`, raw)
    stops.push(() => void unsubscribe(`holdfast:${name}`, raw))
  }
  const monitor = createMonitor({
    minimumEvents: 1,
    errorBudget: 0.001,
    onAlert: (alert) => {
      outputs.add('alert', alert)
    },
    slowMs: 0.001,
    onSlowCall: (call) => {
      outputs.add('slow call', call)
    },
    thresholds: [{ name: 'any', matches: () => true, count: 1, withinMs: 60_000 }],
  })

  return {
    logger,
    monitor,
    /** Whatever an application does with a failure. */
    failed(failure: unknown): void {
      if (isHoldfastError(failure)) outputs.add('holdfast error', failure)
      const report = callReport(failure)
      if (report !== undefined) {
        outputs.add('call report', report)
        outputs.add('explained call', report.explain())
      }
      const error = toServiceError(failure, { upstream: 'shop', operation: 'getItems', details: facts })
      if (!isServiceError(error)) throw new Error('unreachable')
      outputs.add('service error', error)
      outputs.add('error record', logError(logger, error, { requestId: 'r-1', userId: 'u-1', context: facts }))
      logError(logger, failure, { context: facts })
      outputs.add('user message', explainToUser(error))
      outputs.add('problem document', toProblem(error, { instance: 'r-1' }))
      outputs.add('problem document', toProblem(failure))
      outputs.add('problem answer', problemAnswer(error))
      outputs.add('fingerprint', monitor.error(failure, { route: 'getItems', durationMs: 5 }))
      monitor.error(error)
    },
    watch(policy: Policy): Policy {
      stops.push(logPolicyEvents(policy, logger), monitor.watch(policy))
      return policy
    },
    look(policy: Policy): void {
      outputs.add('health', policy.health())
      outputs.add('snapshot', policy.snapshot())
      outputs.add('description', policy.describe())
    },
    stop(): void {
      outputs.add('monitor summary', monitor.summary())
      for (const stop of stops) stop()
    },
  }
}
