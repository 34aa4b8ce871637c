import type { Answer } from './answer.ts'
import type { Handler, ReceivedRequest } from './received-request.ts'
import { scriptHandler } from './script.ts'

/** What a route does: one answer always, a list of answers in turn (the last one repeats), or a function. */
export type RouteAction = Answer | readonly Answer[] | Handler

/** Actions by `METHOD /path`; a path segment `:name` matches any segment, `*` as method matches any method. */
export type Routes = Readonly<Record<string, RouteAction>>

interface CompiledRoute {
  readonly method: string
  readonly segments: readonly string[]
  readonly handler: Handler
}

/**
 * One handler for a table of routes; the first match in the table's order wins, `undefined` means no match.
 * @throws TypeError for a key that is not `METHOD /path`
 */
export function routeHandler(routes: Routes): (request: ReceivedRequest) => ReturnType<Handler> | undefined {
  const compiled = Object.entries(routes).map(([key, action]) => compileRoute(key, action))
  return (request) => {
    const segments = splitPath(request.path)
    for (const route of compiled) {
      if (route.method !== '*' && route.method !== request.method) continue
      const params = matchSegments(route.segments, segments)
      if (params !== undefined) return route.handler(request.withParams(params))
    }
    return undefined
  }
}

/** A handler for any form of route action. */
export function actionHandler(action: RouteAction): Handler {
  if (typeof action === 'function') return action
  return scriptHandler(isScript(action) ? action : [action])
}

function isScript(action: Answer | readonly Answer[]): action is readonly Answer[] {
  return Array.isArray(action)
}

function compileRoute(key: string, action: RouteAction): CompiledRoute {
  const match = /^(\*|[A-Z]+) (\/\S*)$/.exec(key)
  if (match === null) {
    throw new TypeError(`routes: key "${key}" must read "METHOD /path", for example "GET /listings/:id" or "* /"`)
  }
  const [, method = '', path = ''] = match
  return { method, segments: splitPath(path), handler: actionHandler(action) }
}

function splitPath(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function matchSegments(pattern: readonly string[], actual: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== actual.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const segment = actual[index] ?? ''
    if (expected.startsWith(':')) params[expected.slice(1)] = decodeURIComponent(segment)
    else if (expected !== segment) return undefined
  }
  return params
}
