import type { Fetch, Policy } from '@holdfast/core'

/** What is about to be sent, for those who sign it. */
export interface ReplayRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly body: Uint8Array | undefined
  readonly principal: string | undefined
}

/** Credentials of one replay: they come from the running program, never from the queue. */
export interface ReplayCredentials {
  readonly headers?: Readonly<Record<string, string>>
  /** Added to the query. */
  readonly query?: Readonly<Record<string, string>>
}

/** A service letters can be sent to again. */
export interface Upstream {
  /** `https://api.example.com`: the one place its letters go to, whatever a row says. */
  readonly origin: string
  /** The policy of all its calls: replays use its breaker, limits and budget. */
  readonly policy: Policy
  /** Gives credentials for each replay. Default: none. */
  readonly authorize?: (request: ReplayRequest) => ReplayCredentials | Promise<ReplayCredentials>
  /** Sends one attempt. Default: the global `fetch`. It must obey `signal` and must not follow redirects. */
  readonly fetch?: Fetch
  /** Whether POST and PATCH without an idempotency key are sent again although they may be done. Default false. */
  readonly allowUnsafeReplay?: boolean
  /** Answers to a replay with a key that mean that it was done before. Default 409 and 422. */
  readonly alreadyDoneStatuses?: readonly number[]
  /** Origins that letters may have failed at beside `origin`, after a move of the service. Default: none. */
  readonly formerOrigins?: readonly string[]
}

/** Services by the name their letters carry. */
export type Upstreams = Readonly<Record<string, Upstream>>

const originOnly = (owner: string, value: unknown): string => {
  const parsed = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const isHttp = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (parsed === undefined || !isHttp || parsed.href !== `${parsed.origin}/`) {
    throw new TypeError(`${owner} must be an origin such as https://api.example.com, without user, path or query.`)
  }
  return parsed.origin
}

const KNOWN: readonly (keyof Upstream)[] = [
  'origin',
  'policy',
  'authorize',
  'fetch',
  'allowUnsafeReplay',
  'alreadyDoneStatuses',
  'formerOrigins',
]

/**
 * Upstreams as they are used, in a map, because the names of letters come from outside.
 *
 * @throws {TypeError} For a bad option; the message names the upstream.
 */
export const checkUpstreams = (owner: string, upstreams: Upstreams): ReadonlyMap<string, Upstream> => {
  const entries = Object.entries(upstreams)
  if (entries.length === 0) throw new TypeError(`${owner}: option "upstreams" must name at least one service.`)
  return new Map(
    entries.map(([name, given]) => {
      const where = `${owner}: upstream "${name}"`
      for (const option of Object.keys(given)) {
        if (!(KNOWN as readonly string[]).includes(option))
          throw new TypeError(`${where}: unknown option "${option}". Known options: ${KNOWN.join(', ')}.`)
      }
      if (typeof (given.policy as Partial<Policy> | undefined)?.send !== 'function')
        throw new TypeError(`${where}: option "policy" must be the policy of its calls.`)
      for (const option of ['authorize', 'fetch'] as const) {
        if (given[option] !== undefined && typeof given[option] !== 'function')
          throw new TypeError(`${where}: option "${option}" must be a function.`)
      }
      return [
        name,
        {
          ...given,
          origin: originOnly(`${where}: option "origin"`, given.origin),
          formerOrigins: (given.formerOrigins ?? []).map((origin) =>
            originOnly(`${where}: each of "formerOrigins"`, origin),
          ),
          // Anything but true is no consent.
          allowUnsafeReplay: given.allowUnsafeReplay === true,
        },
      ]
    }),
  )
}
