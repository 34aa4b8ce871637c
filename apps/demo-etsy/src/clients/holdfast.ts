import { attach } from '@holdfast/axios-interceptor'
import { etsyHeaders, standardPolicy } from '@holdfast/core'
import type { AxiosInstance } from 'axios'
import { callDeadlineMs } from './instance.ts'

/** The standard policy, with the times of the compressed day and the limits Etsy grants. */
export function connect(
  instance: AxiosInstance,
  limits: { readonly perSecond: number; readonly perDay: number },
): void {
  const etsy = standardPolicy({
    name: 'etsy',
    deadline: { afterMs: callDeadlineMs },
    attemptTimeout: { afterMs: 1_000 },
    serverGate: { headers: etsyHeaders },
    rateLimit: {
      // Etsy counts whole seconds: with this burst no second holds more than it grants.
      permits: 0.8 * limits.perSecond,
      burst: 0.2 * limits.perSecond,
      perMs: 1_000,
      daily: limits.perDay,
      // Kept for finding and shipping orders when the day's quota runs short.
      reserve: 0.3,
      headers: etsyHeaders,
    },
  })
  attach(instance, etsy)
}
