import { setTimeout as sleep } from 'node:timers/promises'
import { isHoldfastError, wrapFetch, type Policy, type ResilientFetch, type StandardStrategies } from '@holdfast/core'
import { toServiceError, ValidationError, type ServiceError } from '@holdfast/core/service-errors'
import { kyHooks } from '@holdfast/ky-hooks'
import ky, { type KyInstance } from 'ky'
import { memoryPauseStore, pauseError, type PauseStore } from './pause.ts'
import { pushbackTransport, type Fetch } from './pushback-transport.ts'
import { webApiFailure } from './spotify-errors.ts'
import { LONGEST_WAIT_MS } from './spotify-policy.ts'

/** Where access tokens come from. */
export interface AccessTokens {
  /** A token that should be good; may refresh. */
  current(): Promise<string>
  /** A token other than the one that was just refused. */
  renew(refused: string): Promise<string>
}

export interface SpotifyClientOptions {
  /** Such as `https://api.spotify.com/v1`. */
  readonly apiBase: string
  readonly tokens: AccessTokens
  readonly policy: Policy<StandardStrategies>
  /** Where a long pause is kept. Default: in memory. */
  readonly pauses?: PauseStore
  readonly now?: () => number
  /** Told of every attempt that was sent, with the status or undefined for none. */
  readonly onAttempt?: (status: number | undefined) => void
  readonly fetch?: Fetch
}

export interface CallInit {
  /** For errors and logs, such as `topTracks`. */
  readonly operation: string
  /** What the operation needs, for the message when consent lacks it. */
  readonly scopes?: readonly string[]
  readonly query?: Readonly<Record<string, string | number>>
  readonly json?: unknown
  /** A body that is sent as it is, such as a cover in base64. */
  readonly text?: string
}

const BODY_READS = 3
const FLAKE_DELAY_MS = 200

const isExpiry = (words: string): boolean => /expired/i.test(words)

/**
 * Calls the Web API: reads through ky, writes through fetch, both under one policy.
 *
 * A 401 is met by the same token once more (they flake), then by a refresh, then by an error. A pause that Spotify
 * asked for is kept in the store and respected without a request.
 */
export class SpotifyClient {
  readonly #options: SpotifyClientOptions
  readonly #pauses: PauseStore
  readonly #now: () => number
  readonly #ky: KyInstance
  readonly #fetch: ResilientFetch<StandardStrategies>

  constructor(options: SpotifyClientOptions) {
    this.#options = options
    this.#pauses = options.pauses ?? memoryPauseStore()
    this.#now = options.now ?? Date.now
    // eslint-disable-next-line holdfast/require-timeout -- the policy above gives each attempt its limit
    const base: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
    const transport = pushbackTransport(base, options.onAttempt)
    this.#ky = ky.create({ fetch: transport, throwHttpErrors: false }).extend(kyHooks(options.policy))
    this.#fetch = wrapFetch(options.policy, transport)
  }

  /** A read. The data is undefined for an empty body, which some successes have. */
  async get(path: string, init: CallInit): Promise<unknown> {
    for (let read = 1; ; read += 1) {
      const response = await this.#call('GET', path, init)
      try {
        const text = await response.text()
        return text.trim() === '' ? undefined : (JSON.parse(text) as unknown)
      } catch (cause) {
        // A body that broke off or was cut: a read may be repeated.
        if (read < BODY_READS) continue
        const issue = { path: [], message: 'the answer is no complete JSON', code: 'malformed' }
        throw new ValidationError([issue], { upstream: 'spotify', operation: init.operation, cause })
      }
    }
  }

  put(path: string, init: CallInit): Promise<unknown> {
    return this.#write('PUT', path, init)
  }

  /** Not repeated by itself: what it does twice is there twice. */
  post(path: string, init: CallInit): Promise<unknown> {
    return this.#write('POST', path, init)
  }

  async #write(method: 'PUT' | 'POST', path: string, init: CallInit): Promise<unknown> {
    const response = await this.#call(method, path, init)
    const text = await response.text().catch((cause: unknown) => {
      throw toServiceError(cause, { upstream: 'spotify', operation: init.operation, idempotent: method === 'PUT' })
    })
    try {
      return text.trim() === '' ? undefined : (JSON.parse(text) as unknown)
    } catch {
      // It was done; what it said about it is lost, and callers read back what they wrote.
      return undefined
    }
  }

  /** @throws {ServiceError} For everything that is no success. */
  async #call(method: string, path: string, init: CallInit): Promise<Response> {
    const { operation, scopes = [] } = init
    this.#checkPause(operation)
    let token = await this.#options.tokens.current()
    let response = await this.#send(method, path, init, token)
    for (let refused = 1; response.status === 401 && refused <= 2; refused += 1) {
      const words = await response.text()
      if (refused === 1 && !isExpiry(words)) {
        await sleep(FLAKE_DELAY_MS)
        response = await this.#send(method, path, init, token)
        continue
      }
      token = await this.#options.tokens.renew(token)
      response = await this.#send(method, path, init, token)
      break
    }
    if (response.ok) return response
    throw this.#paused(await webApiFailure(response, operation, method, scopes), operation)
  }

  async #send(method: string, path: string, init: CallInit, token: string): Promise<Response> {
    const url = new URL(`${this.#options.apiBase}${path}`)
    for (const [name, value] of Object.entries(init.query ?? {})) url.searchParams.set(name, String(value))
    const headers = new Headers({ authorization: `Bearer ${token}`, accept: 'application/json' })
    try {
      if (method === 'GET') return await this.#ky.get(url, { headers })
      if (init.json !== undefined) headers.set('content-type', 'application/json')
      const body = init.json === undefined ? init.text : JSON.stringify(init.json)
      return await this.#fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
    } catch (failure) {
      // Another call of this process was told to pause while this one waited.
      if (isHoldfastError(failure) && failure.code === 'gate-closed') this.#checkPause(init.operation)
      throw toServiceError(failure, {
        upstream: 'spotify',
        operation: init.operation,
        idempotent: method !== 'POST',
      })
    }
  }

  #checkPause(operation: string): void {
    const pause = this.#pauses.read()
    if (pause !== undefined && pause.untilMs > this.#now()) throw pauseError(pause, this.#now(), operation)
  }

  /** The error itself, or that of the pause that it began. */
  #paused(error: ServiceError, operation: string): ServiceError {
    const { status, retryAfterMs = 0, upstreamCode } = error
    if (status !== 429 || retryAfterMs <= LONGEST_WAIT_MS) return error
    const nowMs = this.#now()
    // Only this reason means the quota of the account; a ban of a day is a rate limit all the same.
    const reason = upstreamCode === 'QUOTA_EXCEEDED' ? 'quota' : 'rate-limit'
    const pause = { untilMs: nowMs + retryAfterMs, reason } as const
    if ((this.#pauses.read()?.untilMs ?? 0) < pause.untilMs) this.#pauses.write(pause)
    return pauseError(pause, nowMs, operation, error)
  }
}
