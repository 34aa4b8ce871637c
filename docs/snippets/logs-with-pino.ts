import { AsyncLocalStorage } from 'node:async_hooks'
import { standardPolicy, wrapFetch } from '@holdfast/core'
import { logError, logPolicyEvents, useRequestContext, type RequestContext } from '@holdfast/core/logging'
import { responseToServiceError } from '@holdfast/core/service-errors'
import { pino, type DestinationStream } from 'pino'

// Every line about one request carries its id, without handing the id through every function.
const requests = useRequestContext(new AsyncLocalStorage<RequestContext>())

export const worker = (baseUrl: string, destination: DestinationStream) => {
  const log = pino({ base: null }, destination)
  const shop = standardPolicy({ name: 'shop', deadline: { afterMs: 2_000 } })
  logPolicyEvents(shop, log) // one line for each change of state
  const get = wrapFetch(shop)

  return (requestId: string, path: string): Promise<string | undefined> =>
    requests.run({ requestId }, async () => {
      try {
        const response = await get(baseUrl + path)
        if (!response.ok) throw await responseToServiceError(response, { upstream: 'shop' })
        return await response.text()
      } catch (error) {
        logError(log, error, { operation: 'getItem' }) // one line for each failure
        return undefined
      }
    })
}
