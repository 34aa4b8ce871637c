import { standardPolicy, wrapFetch } from '@holdfast/core'
import { logError, type StructuredLogger } from '@holdfast/core/logging'
import { createMonitor, type Alert } from '@holdfast/core/monitor'
import { responseToServiceError } from '@holdfast/core/service-errors'

/** Tells a chat room when an incident begins and when it is over. */
export const monitorWithWebhook = (webhookUrl: string, log: StructuredLogger) => {
  // The alarm needs a policy as well: it is sent when the network is at its worst.
  const send = wrapFetch(standardPolicy({ name: 'pager', deadline: { afterMs: 60_000 }, retry: { maxRetries: 5 } }))

  const tell = async ({ kind, state, subject, message }: Alert): Promise<void> => {
    const response = await send(webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: `${state === 'firing' ? 'ALERT' : 'OK'} ${message}`, kind, subject }),
      resilience: { idempotent: true }, // twice is better than never
    })
    if (!response.ok) throw await responseToServiceError(response, { upstream: 'pager' })
    await response.body?.cancel()
  }
  const onAlert = (alert: Alert): void => {
    tell(alert).catch((error: unknown) => logError(log, error, { operation: 'alert' }))
  }
  return createMonitor({ onAlert, errorBudget: 0.01, alertOnNewErrors: false })
}
