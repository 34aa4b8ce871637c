/** Who is served: what every line about one request has in common. */
export interface RequestContext {
  readonly requestId?: string
  readonly userId?: string
}

/** The part of `AsyncLocalStorage` that is used. */
export interface ContextStorage {
  getStore(): RequestContext | undefined
  run<Result>(context: RequestContext, run: () => Result): Result
}

let current: ContextStorage | undefined

/**
 * Lets `logError` find the request it is about by itself; without this call nothing is tracked.
 *
 * @param storage - `new AsyncLocalStorage()` of `node:async_hooks`, or the application's own; undefined ends it.
 * @example
 * const requests = useRequestContext(new AsyncLocalStorage())
 * app.use((request, _response, next) => requests.run({ requestId: request.id }, next))
 */
export const useRequestContext = <Storage extends ContextStorage | undefined>(storage: Storage): Storage => {
  current = storage
  return storage
}

export const currentRequest = (): RequestContext => current?.getStore() ?? {}
