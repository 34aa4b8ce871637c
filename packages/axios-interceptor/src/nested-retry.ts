import type { Policy } from '@holdfast/core'
import type { InternalAxiosRequestConfig } from 'axios'
import { warn } from './warning.ts'

/** The config keys by which other retry plug-ins for axios give themselves away. */
const MARKS = [
  ['axios-retry', 'axios-retry'],
  ['raxConfig', 'retry-axios'],
] as const

/** The other retry plug-in under whose rule this request stands as well, if any. */
export const otherRetryPlugin = (config: InternalAxiosRequestConfig): string | undefined => {
  const marked = config as unknown as Record<string, unknown>
  for (const [key, name] of MARKS) if (marked[key] !== undefined) return name
  return undefined
}

/** Announces a set-up in which attempts multiply, as an event and as a warning. */
export const reportNestedRetry = (
  policy: Policy,
  key: string,
  client: string,
  reason: string,
  advice: string,
): void => {
  if (policy.events.hears('nested-retry')) policy.events.emit('nested-retry', { key, client, reason })
  warn('HOLDFAST_NESTED_RETRY', `policy "${policy.name}": ${advice}`)
}
