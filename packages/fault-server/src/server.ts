import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, ConnectionEnding } from './answer.ts'
import { type ConnectionCounts, type Connections, createConnections } from './connections.ts'
import { holdPort } from './held-port.ts'
import { createJournal, type Journal, type JournalOptions } from './journal.ts'
import { integerInRange, knownNames, nonNegative } from './option-checks.ts'
import { seededRandom } from './random.ts'
import type { Handler } from './received-request.ts'
import { json } from './response.ts'
import { actionHandler, type RouteAction, routeHandler, type Routes } from './routes.ts'
import { type Running, serveRequest } from './serve-request.ts'

/** Options of `createFaultServer`; exactly one of `handler`, `script` and `routes` is given. */
export interface FaultServerOptions {
  /** Decides every request. */
  readonly handler?: Handler
  /** Answers in turn, whatever is asked; the last one repeats. */
  readonly script?: readonly Answer[]
  /** Actions by `METHOD /path`; anything else gets a 404. */
  readonly routes?: Routes
  /** Seed of `request.random`, an integer, default 1. */
  readonly seed?: number
  readonly journal?: JournalOptions
  /** Port on 127.0.0.1, default 0: a free one. */
  readonly port?: number
  /** Idle time after which a kept-alive connection is closed, milliseconds, default 60,000. */
  readonly keepAliveTimeoutMs?: number
}

/** A running server on 127.0.0.1. */
export interface FaultServer {
  /** Such as `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly journal: Journal
  readonly connections: ConnectionCounts
  /** With `journal.wire`: the bytes each connection received, as they came, in the order of `connectionId`. */
  received(): readonly Uint8Array[]
  /** Milliseconds since the server was made, the scale of the journal. */
  now(): number
  /** Puts another action in place of the current one for all requests from now on. */
  use(action: RouteAction | Routes): void
  /** Stops listening, resets open connections and keeps the port: new connections are refused (ECONNREFUSED). */
  refuseConnections(): Promise<void>
  /** Listens again on the same port. */
  acceptConnections(): Promise<void>
  /**
   * Ends all connections and timers.
   * @throws AggregateError when a handler threw during the server's life
   */
  close(): Promise<void>
}

const optionNames = ['handler', 'script', 'routes', 'seed', 'journal', 'port', 'keepAliveTimeoutMs']

/**
 * Starts an HTTP/1.1 server on the loopback address that answers well, badly or not at all, and keeps a journal.
 * @throws TypeError for a wrong option, before anything listens
 */
export async function createFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  knownNames('createFaultServer', options, optionNames)
  const { journal: journalOptions = {}, port = 0, keepAliveTimeoutMs = 60_000, seed = 1 } = options
  knownNames('createFaultServer: journal', journalOptions, ['headers', 'bodies', 'maxEntries', 'wire'])
  const { maxEntries = 1_000_000 } = journalOptions
  integerInRange('createFaultServer: port', port, 0, 65_535)
  integerInRange('createFaultServer: seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  integerInRange('createFaultServer: journal.maxEntries', maxEntries, 1, Number.MAX_SAFE_INTEGER)
  nonNegative('createFaultServer: keepAliveTimeoutMs', keepAliveTimeoutMs)
  const running: Running = {
    startedAt: performance.now(),
    journal: createJournal(maxEntries),
    connections: createConnections(),
    random: seededRandom(seed),
    journalHeaders: (journalOptions.headers ?? []).map((name) => name.toLowerCase()),
    journalBodies: journalOptions.bodies ?? false,
    handlerErrors: [],
    handler: chooseHandler(options),
    lastSeq: 0,
    isClosing: false,
  }
  const http = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (message, response) => {
    void serveRequest(running, message, response)
  })
  http.on('connection', (socket) => {
    running.connections.add(socket, journalOptions.wire ?? false)
  })
  http.on('clientError', (_error, socket) => {
    socket.destroy()
  })
  const listeningPort = await listen(http, port)
  let release: (() => Promise<void>) | undefined
  const giveBack = async (): Promise<void> => {
    const held = release
    release = undefined
    await held?.()
  }
  return {
    url: `http://127.0.0.1:${listeningPort}`,
    port: listeningPort,
    journal: running.journal,
    get connections() {
      return running.connections.counts
    },
    received: () => running.connections.received(),
    now: () => performance.now() - running.startedAt,
    use(action) {
      running.handler = handlerFor(action)
    },
    async refuseConnections() {
      await stop(http, running.connections, 'reset')
      release ??= await holdPort(listeningPort)
    },
    async acceptConnections() {
      await giveBack()
      if (!http.listening) await listen(http, listeningPort)
    },
    async close() {
      running.isClosing = true
      await giveBack()
      await stop(http, running.connections, 'end')
      if (running.handlerErrors.length > 0) {
        throw new AggregateError(
          running.handlerErrors,
          `fault server: a handler failed ${running.handlerErrors.length} times`,
        )
      }
    },
  }
}

function chooseHandler({ handler, script, routes }: FaultServerOptions): Handler {
  const given = [handler, script, routes].filter((option) => option !== undefined)
  const [action] = given
  if (given.length !== 1 || action === undefined) {
    throw new TypeError(`createFaultServer: give exactly one of handler, script and routes, got ${given.length}`)
  }
  return handlerFor(action)
}

function handlerFor(action: RouteAction | Routes): Handler {
  if (typeof action === 'function' || Array.isArray(action) || 'kind' in action) {
    return actionHandler(action as RouteAction)
  }
  const match = routeHandler(action as Routes)
  return (request) =>
    match(request) ?? json({ error: `no route for ${request.method} ${request.path}` }, { status: 404 })
}

async function listen(http: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', () => {
      http.off('error', reject)
      resolve()
    })
  })
  return (http.address() as AddressInfo).port
}

async function stop(http: Server, connections: Connections, ending: ConnectionEnding): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (http.listening) http.close(() => resolve())
    else resolve()
  })
  connections.closeAll(ending)
  await stopped
}
