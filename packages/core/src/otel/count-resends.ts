import { context, type Span } from '@opentelemetry/api'
import { CallContext } from './call-context.ts'

/**
 * A `requestHook` for the HTTP and undici instrumentations: puts `http.request.resend_count` on the spans of second and
 * later attempts of a call whose policy has the {@link telemetry} strategy, and links the call's span to the first one.
 *
 * @example
 * new UndiciInstrumentation({ requestHook: countResends })
 */
export const countResends = (span: Span): void => {
  const call = CallContext.in(context.active())
  if (call === undefined) return
  if (call.attempt > 1) span.setAttribute('http.request.resend_count', call.attempt - 1)
  else call.firstAttempt = span.spanContext()
}
