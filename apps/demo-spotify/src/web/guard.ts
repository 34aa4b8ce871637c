import type { MiddlewareHandler } from 'hono'

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/

// Covers come from Spotify's picture hosts, unaltered as its terms ask; in simulator mode from this server.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // ECharts sets styles on the elements that it makes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: https://i.scdn.co https://mosaic.scdn.co",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Answers to this machine alone, and changes nothing for another site's page: there is no login. */
export const guard: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? ''
  if (!LOOPBACK.test(host)) return context.text('This page answers on 127.0.0.1 alone.', 403)
  if (context.req.method !== 'GET' && !context.req.path.startsWith('/devtools')) {
    const isOwn = context.req.header('origin') === `http://${host}`
    const isJson = context.req.header('content-type')?.startsWith('application/json') === true
    if (!isOwn || !isJson) return context.text('Changes are asked for by this page alone.', 403)
  }
  await next()
  // The devtools page brings a policy of its own.
  if (!context.req.path.startsWith('/devtools')) context.res.headers.set('content-security-policy', POLICY)
  context.res.headers.set('x-content-type-options', 'nosniff')
  context.res.headers.set('referrer-policy', 'no-referrer')
  return undefined
}
