import { createPolicy, circuitBreaker, deadline, retry, retryBudget, type Clock, type Policy } from '@holdfast/core'
import { devtools, type Devtools, type DevtoolsOptions } from '../src/index.ts'
import type { Frame } from '../src/frame.ts'

let made = 0

/** A policy with a name of its own, so that tests share nothing. */
export const somePolicy = (clock?: Clock): Policy => {
  made += 1
  return createPolicy({
    name: `policy-${made}`,
    strategies: [deadline({ afterMs: 5_000 }), retryBudget(), retry({ maxRetries: 1 }), circuitBreaker()],
    ...(clock === undefined ? {} : { clock }),
  })
}

export const someTools = (options: Partial<DevtoolsOptions> = {}): Devtools =>
  devtools({ policies: options.policies ?? [somePolicy(options.clock)], ...options })

export const ask = (
  tools: Devtools,
  path = '/devtools/',
  { host = 'localhost:4680', remoteAddress, ...init }: RequestInit & { host?: string; remoteAddress?: string } = {},
): Promise<Response> => {
  const headers = new Headers(init.headers)
  headers.set('host', host)
  return tools(new Request(`http://${host}${path}`, { ...init, headers }), { remoteAddress })
}

/** The frames of an event stream, as they come. */
export const framesOf = (response: Response): { next(): Promise<Frame>; cancel(): Promise<void> } => {
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  return {
    async next() {
      for (;;) {
        const end = rest.indexOf('\n\n')
        if (end >= 0) {
          const event = rest.slice(0, end)
          rest = rest.slice(end + 2)
          if (event.startsWith('data: ')) return JSON.parse(event.slice(6)) as Frame
        } else {
          const { done, value } = await reader.read()
          if (done) throw new Error('the stream ended')
          rest += decoder.decode(value, { stream: true })
        }
      }
    },
    cancel: () => reader.cancel(),
  }
}
