import { standardPolicy, wrapFetch } from '@holdfast/core'
import { redactUrl } from '@holdfast/core/logging'
import { countResends, telemetry } from '@holdfast/core/otel'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'

// For the `instrumentations` of your SDK: one client span for each attempt, numbered.
export const instrumentations = [
  new HttpInstrumentation({ requestHook: countResends }),
  new UndiciInstrumentation({
    requestHook(span, request) {
      countResends(span)
      span.setAttribute('url.full', redactUrl(request.origin + request.path))
      span.setAttribute('url.query', '') // by default the query is shown as it is
    },
  }),
]

export const shop = standardPolicy({ name: 'shop', telemetry: telemetry() })
export const fetchFromShop = wrapFetch(shop)
