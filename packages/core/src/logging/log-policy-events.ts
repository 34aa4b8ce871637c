import type { PolicyEvent, PolicyEventName } from '../events.ts'
import type { Policy } from '../policy.ts'
import type { StructuredLogger } from './logger.ts'
import { scrubText } from './scrub-text.ts'
import { serializeError } from './serialize-error.ts'

type Level = 'info' | 'warn' | 'error'

const seconds = (ms: number | undefined): string => (ms === undefined ? '' : ` for ${(ms / 1_000).toFixed(1)} s`)

const LINES: {
  readonly [Name in PolicyEventName]?: (event: PolicyEvent<Name>) => readonly [level: Level, message: string]
} = {
  'breaker-changed': ({ from, to, reason, openMs }) => [
    to === 'open' || to === 'forced-open' ? 'warn' : 'info',
    `circuit ${from} -> ${to}${seconds(openMs)} (${reason})`,
  ],
  'gate-closed': ({ forMs, reason }) => ['warn', `gate closed${seconds(forMs)} (${reason})`],
  'throttle-engaged': ({ probability }) => ['warn', `throttle sheds ${(100 * probability).toFixed(0)} % of calls`],
  'throttle-released': () => ['info', 'throttle sheds nothing any more'],
  'budget-exhausted': ({ tokens }) => ['warn', `retry budget exhausted, ${tokens.toFixed(1)} tokens left`],
  'budget-restored': ({ tokens }) => ['info', `retry budget restored, ${tokens.toFixed(1)} tokens`],
  'limit-changed': ({ factor, reason }) => ['info', `rate limit at ${(100 * factor).toFixed(0)} % (${reason})`],
  'dead-letter-stored': ({ id, upstream, reason }) => ['warn', `kept as dead letter ${id} of ${upstream} (${reason})`],
  'dead-letter-lost': ({ upstream, reason, detail }) => [
    'error',
    `a dead letter of ${upstream} was lost (${reason}): ${detail}`,
  ],
  'nested-retry': ({ client, reason }) => ['warn', `${client} retries as well (${reason})`],
  'listener-failed': ({ event }) => ['error', `a listener of ${event} threw`],
}

const fieldsOf = (event: PolicyEvent): object => {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(event)) {
    if (value !== undefined) fields[name] = typeof value === 'string' ? scrubText(value) : value
  }
  // Not enumerable in the event.
  if (event.type === 'listener-failed') fields['error'] = serializeError(event.error)
  return fields
}

/**
 * Writes one line for each change of state of a policy: circuit, gate, throttle, budget, limit.
 *
 * Single calls and attempts are not logged; that is what the metrics are for.
 *
 * @returns The function that stops it.
 */
export const logPolicyEvents = (policy: Policy, logger: StructuredLogger): (() => void) => {
  const stops = (Object.keys(LINES) as PolicyEventName[]).map((name) => {
    const line = LINES[name] as (event: PolicyEvent) => readonly [Level, string]
    const listener = (event: PolicyEvent): void => {
      const [level, message] = line(event)
      const key = 'key' in event ? `, ${event.key}` : ''
      logger[level](fieldsOf(event), `${event.policy}${key}: ${message}`)
    }
    return policy.on(name, listener)
  })
  return () => {
    for (const stop of stops) stop()
  }
}
