import { isCrossSite, refuseStranger, type Connection, type Refusal } from './access.ts'
import { Actions } from './actions.ts'
import { CallLog } from './call-log.ts'
import { EventStreams } from './event-stream.ts'
import { KeyViews } from './key-views.ts'
import { parseOptions, type DevtoolsOptions } from './options.ts'
import { pageAnswer, SAFE_HEADERS } from './page-answer.ts'
import { Recorder } from './recorder.ts'
import { Timeline } from './timeline.ts'
import { TokenCheck } from './token-check.ts'
import { Traffic } from './traffic.ts'

/** The live page as a Web-standard handler; made by `devtools`. */
export interface Devtools {
  /** Answers requests below `path`; anything else gets a 404. */
  (request: Request, connection?: Connection): Promise<Response>
  /** Where the page is, with a slash at the end. */
  readonly path: string
  /** Ends the open pages and lets go of the policies. */
  close(): void
}

const refused = ({ status, code, message }: Refusal, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json({ error: code, message }, { status, headers: { ...SAFE_HEADERS, ...headers } })

const wrongMethod = (allow: string): Response =>
  refused({ status: 405, code: 'wrong-method', message: `Use ${allow}.` }, { allow })

/**
 * A live page of policies: circuit breakers, budgets, quotas, calls, errors, alerts.
 *
 * It answers to this machine alone unless `remote` says otherwise, and changes nothing unless `allowActions` and `token`
 * are given. While no page is open it listens to changes of state only, about one event an incident, and keeps the last
 * 500; while one is open it also watches every call, which costs a few microseconds each.
 *
 * @returns A handler of Web-standard requests; `nodeHandler` puts it into a Node server.
 * @throws {TypeError} For a bad option.
 * @example
 * createServer(nodeHandler(devtools({ policies: [etsy], path: '/' }))).listen(4680, '127.0.0.1')
 */
export const devtools = (options: DevtoolsOptions): Devtools => {
  const settings = parseOptions(options)
  const { policies, clock, path, maxPages, token } = settings
  const startedWallMs = clock.wall() - clock.now()
  const now = (): number => startedWallMs + clock.now()
  const timeline = new Timeline(now)
  const traffic = new Traffic(now)
  const calls = new CallLog(now)
  const keys = new KeyViews(policies, timeline, now)
  const recorder = new Recorder({ settings, now, timeline, traffic, calls, keys })
  const stops = policies.map((policy) => timeline.watch(policy))
  const streams = new EventStreams(
    {
      start() {
        recorder.restart()
        const watching = policies.flatMap((policy) => [traffic.watch(policy), calls.watch(policy), keys.watch(policy)])
        return () => {
          for (const stop of watching) stop()
          traffic.clear()
          calls.clear()
        }
      },
      all: () => recorder.all(),
      changes: (mayBeStale) => recorder.changes(mayBeStale),
    },
    clock,
  )
  const tokenCheck = token === undefined ? undefined : new TokenCheck(token, clock)
  const actions = new Actions(settings, tokenCheck, keys, timeline)

  const events = (request: Request): Response => {
    if (isCrossSite(request)) {
      return refused({ status: 403, code: 'other-origin', message: 'Events are for the page itself only.' })
    }
    if (streams.pages >= maxPages) {
      const message = `${maxPages} pages are open already, the most that "maxPages" of devtools() allows.`
      return refused({ status: 503, code: 'too-many-pages', message }, { 'retry-after': '10' })
    }
    return new Response(streams.open(request.signal), {
      headers: {
        ...SAFE_HEADERS,
        'content-type': 'text/event-stream; charset=utf-8',
        // No proxy may keep events back or pack them together.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    })
  }

  const act = async (request: Request): Promise<Response> => {
    const refusal = await actions.handle(request)
    if (refusal !== undefined) return refused(refusal)
    streams.flush()
    return Response.json({ done: true }, { headers: SAFE_HEADERS })
  }

  const handler = async (request: Request, connection?: Connection): Promise<Response> => {
    const stranger = refuseStranger(request, connection, settings)
    if (stranger !== undefined) return refused(stranger)
    const { pathname } = new URL(request.url)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    switch (pathname) {
      case `${path}/actions`:
        return request.method === 'POST' ? act(request) : wrongMethod('POST')
      case `${path}/events`:
        return request.method === 'GET' ? events(request) : wrongMethod('GET')
      case `${path}/`:
        return isRead ? pageAnswer() : wrongMethod('GET')
      case path:
        return new Response(null, { status: 308, headers: { ...SAFE_HEADERS, location: `${path}/` } })
      default:
        return refused({ status: 404, code: 'not-found', message: `There is nothing here; the page is at ${path}/.` })
    }
  }
  return Object.assign(handler, {
    path: `${path}/`,
    close() {
      streams.closeAll()
      for (const stop of stops) stop()
    },
  })
}
