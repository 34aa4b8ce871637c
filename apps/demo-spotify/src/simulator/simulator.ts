import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { Accounts, type AccountsOptions } from './accounts.ts'
import type { ApiState } from './api-state.ts'
import { coverSvg } from './catalogue.ts'
import { apiError, FaultPlan, type Fault } from './fault-plan.ts'
import { Playlists } from './playlists.ts'
import { RateWindow } from './rate-window.ts'
import { armScenario, type ScenarioName } from './scenarios.ts'
import { reply, webApi } from './web-api.ts'
import { seededRandom, World } from './world.ts'

export const SIMULATED_CLIENT_ID = '0123456789abcdef0123456789abcdef'

export interface SimulatorOptions {
  /** Port of 127.0.0.1. Default 0, a free one. */
  readonly port?: number
  readonly now?: () => number
  readonly clientId?: string
  readonly redirectUris?: readonly string[]
  readonly refreshMode?: AccountsOptions['refreshMode']
  /** Calls that the rolling window of 30 s takes. Default 90; development mode is told to be tight, but not how tight. */
  readonly windowPermits?: number
  readonly seed?: number
}

/** Random trouble on the Web API, as shares of its answers. */
export interface Noise {
  readonly serverErrorRatio: number
  readonly malformedRatio: number
  readonly seed: number
}

export interface JournalEntry {
  readonly request: string
  readonly status: number
  readonly atMs: number
}

interface Bindings {
  readonly incoming: IncomingMessage
}

const pause = (durationMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref()
  })

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

/** A running simulator of Spotify's accounts service and Web API. */
export class Simulator {
  readonly accounts: Accounts
  readonly playlists = new Playlists()
  readonly world: World
  readonly faults = new FaultPlan()
  readonly journal: JournalEntry[] = []
  noise: Noise | undefined
  #random = seededRandom(1)
  #server: Server | undefined
  #origin = ''
  readonly #options: SimulatorOptions
  readonly #now: () => number
  readonly #window: RateWindow

  constructor(options: SimulatorOptions = {}) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.world = new World(options.seed)
    this.#window = new RateWindow(this.#now, options.windowPermits ?? 90)
    this.accounts = new Accounts({
      now: this.#now,
      clientId: options.clientId ?? SIMULATED_CLIENT_ID,
      redirectUris: options.redirectUris ?? ['http://127.0.0.1/callback', 'http://[::1]/callback'],
      refreshMode: options.refreshMode ?? 'kept',
    })
  }

  get origin(): string {
    return this.#origin
  }

  get apiBase(): string {
    return `${this.#origin}/v1`
  }

  get accountsBase(): string {
    return this.#origin
  }

  async start(): Promise<this> {
    const handle = getRequestListener(this.#app().fetch)
    const server = createServer((request, response) => {
      void handle(request, response)
    })
    this.#server = server
    this.#origin = `http://127.0.0.1:${await listen(server, this.#options.port ?? 0)}`
    return this
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.closeAllConnections()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
  }

  /** Arms one of the scenarios S1 to S31 by its name. */
  arm(name: ScenarioName): void {
    armScenario(name, this)
  }

  /** How many requests so far match, by `METHOD /path?query`. */
  count(match: RegExp): number {
    return this.journal.filter(({ request }) => match.test(request)).length
  }

  setNoise(noise: Noise | undefined): void {
    this.noise = noise
    this.#random = seededRandom(noise?.seed ?? 1)
  }

  #noiseFault(request: string): Fault | undefined {
    const { noise } = this
    if (noise === undefined || !request.includes(' /v1/')) return undefined
    const draw = this.#random()
    const match = /./
    if (draw < noise.serverErrorRatio) return { match, answer: apiError(502, 'Bad gateway.') }
    if (draw < noise.serverErrorRatio + noise.malformedRatio) {
      return { match, change: (text) => text.slice(0, Math.floor(text.length / 2)) }
    }
    return undefined
  }

  #app(): Hono<{ Bindings: Bindings }> {
    const app = new Hono<{ Bindings: Bindings }>()
    const state: ApiState = {
      world: this.world,
      accounts: this.accounts,
      playlists: this.playlists,
      now: this.#now,
      origin: () => this.#origin,
      account: { id: 'listener', accountId: 'acct_0001', displayName: 'Demo Listener' },
    }
    app.get('/cover/:name', (context) =>
      context.body(coverSvg(context.req.param('name').replace('.svg', '')), 200, { 'content-type': 'image/svg+xml' }),
    )
    app.use(async (context, next) => {
      const url = new URL(context.req.url)
      const request = `${context.req.method} ${url.pathname}${url.search}`
      const fault = this.faults.next(request) ?? this.#noiseFault(request)
      const entry = { request, atMs: this.#now(), status: 0 }
      this.journal.push(entry)
      if (fault?.delayMs !== undefined) await pause(fault.delayMs)
      const waitSeconds = request.includes(' /v1/') ? this.#window.take() : undefined
      if (fault !== undefined && fault.isApplied !== true && fault.answer !== undefined) {
        context.res = reply(fault.answer)
      } else if (waitSeconds !== undefined && fault === undefined) {
        context.res = reply(apiError(429, 'API rate limit exceeded', { 'retry-after': String(waitSeconds) }))
      } else if (fault?.isReset !== true || fault.isApplied === true) {
        await next()
        if (fault?.answer !== undefined) {
          context.res = undefined
          context.res = reply(fault.answer)
        } else if (fault?.change !== undefined) {
          const { status, headers } = context.res
          const changed = fault.change(await context.res.text())
          const kept = new Headers(headers)
          kept.delete('content-length')
          context.res = undefined
          context.res = new Response(changed, { status, headers: kept })
        }
      }
      if (fault?.isReset === true) {
        context.env.incoming.socket.destroy()
        context.res = new Response(null, { status: 500 })
      }
      entry.status = fault?.isReset === true ? 0 : context.res.status
    })
    app.get('/authorize', (context) => {
      const answer = this.accounts.authorize(new URL(context.req.url).searchParams)
      return 'problem' in answer ? context.text(answer.problem, 400) : context.redirect(answer.redirect, 302)
    })
    app.post('/api/token', async (context) => {
      const answer = this.accounts.token(new URLSearchParams(await context.req.text()))
      return context.json(answer, 'error' in answer ? 400 : 200)
    })
    app.route('/v1', webApi(state))
    return app
  }
}

/** Starts a simulator; `stop()` ends it. */
export const startSimulator = (options: SimulatorOptions = {}): Promise<Simulator> => new Simulator(options).start()
