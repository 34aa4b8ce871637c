import { plainNumber, serverNowMs } from './pushback.ts'
import type { ResponseHead } from './response-head.ts'
import { withoutUndefined } from './without-undefined.ts'

/** What a quota counts; servers that name another unit are not understood and ignored. */
export type QuotaUnit = 'requests' | 'content-bytes' | 'concurrent-requests'

/** What a server says about one of its quotas; what it did not say is absent. */
export interface QuotaView {
  /** The server's name for it; `ratelimit` or `x-ratelimit` where older headers carry none. */
  readonly name: string
  /** Units granted per window. */
  readonly limit?: number | undefined
  /** Units left. */
  readonly remaining?: number | undefined
  /** Milliseconds from the answer on within which no more than `remaining` may be used. */
  readonly resetAfterMs?: number | undefined
  readonly windowMs?: number | undefined
  readonly unit: QuotaUnit
  /** The server's partition key in base64, where it splits the quota among users or resources. */
  readonly partition?: string | undefined
}

/** Where a provider keeps one quota in headers of its own; names in lower case, the first one present counts. */
export interface ProviderQuota {
  readonly name: string
  readonly limit?: readonly string[]
  readonly remaining: readonly string[]
  /** Seconds from now, or since 1970 when above 10^9, or milliseconds since 1970 when above 10^12. */
  readonly reset?: readonly string[]
  readonly windowMs?: number
  /** Default `requests`. */
  readonly unit?: QuotaUnit
}

/** The quota headers of a provider, one entry a quota. */
export type ProviderHeaders = readonly ProviderQuota[]

/** Etsy's own headers; its documentation spells one of them without the final "d". */
export const etsyHeaders: ProviderHeaders = [
  {
    name: 'per-second',
    limit: ['x-limit-per-second'],
    remaining: ['x-remaining-this-second', 'x-remaining-this-secon'],
    windowMs: 1_000,
  },
  { name: 'per-day', limit: ['x-limit-per-day'], remaining: ['x-remaining-today'], windowMs: 86_400_000 },
]

const NO_QUOTAS: readonly QuotaView[] = Object.freeze([])
const NO_PROVIDER: ProviderHeaders = []

type Parameters = ReadonlyMap<string, string>

// RFC 9651: a String (in some drafts a Token), parameters after semicolons, then a comma or the end.
const ITEM = /\s*(?:"((?:[^"\\]|\\.)*)"|([\w*-]+))\s*((?:;[^",;=]*(?:=(?:"(?:[^"\\]|\\.)*"\s*|[^",;]*))?)*)(,|$)/y
const PARAMETER = /;\s*([\w*.-]+)=("(?:[^"\\]|\\.)*"|[^\s;]*)/g

/** The items of a structured-field list with their parameters, none at all when the list is malformed. */
const itemsOf = (field = ''): (readonly [name: string, parameters: Parameters])[] => {
  const items: [string, Parameters][] = []
  let found: RegExpExecArray | null
  ITEM.lastIndex = 0
  do {
    found = ITEM.exec(field)
    if (found === null) return []
    const [, quoted, token = '', parameters = ''] = found
    items.push([
      quoted?.replace(/\\(.)/g, '$1') ?? token,
      new Map(Array.from(parameters.matchAll(PARAMETER), ([, key = '', value = '']) => [key, value])),
    ])
  } while (found[4] === ',')
  return items
}

const UNITS: readonly QuotaUnit[] = ['requests', 'content-bytes', 'concurrent-requests']

const integer = (value = ''): number | undefined => (/^\d{1,15}$/.test(value) ? Number(value) : undefined)

const inMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1_000)

/** `"burst";r=50;t=30` of RateLimit beside `"burst";q=100;w=60` of RateLimit-Policy, joined by name and partition. */
const structuredViews = (limits: string | undefined, policies: string | undefined): QuotaView[] => {
  const views = new Map<string, QuotaView>()
  const add = (name: string, parameters: Parameters, said: Partial<QuotaView>): void => {
    const key = parameters.get('pk')
    const id = `${name} ${key}`
    const partition = key && /^:([\w+/]*=*):$/.exec(key)?.[1]
    // A partition key that is no byte sequence makes the item malformed.
    if (key === undefined || partition !== undefined)
      views.set(id, { name, unit: 'requests', partition, ...views.get(id), ...said })
  }
  for (const [name, parameters] of itemsOf(policies)) {
    const limit = integer(parameters.get('q'))
    const unit = UNITS.find((known) => (parameters.get('qu') ?? '"requests"') === `"${known}"`)
    if (limit !== undefined && unit !== undefined) {
      const windowMs = inMs(integer(parameters.get('w')))
      add(name, parameters, { limit, windowMs: windowMs === 0 ? undefined : windowMs, unit })
    }
  }
  for (const [name, parameters] of itemsOf(limits)) {
    const remaining = integer(parameters.get('r'))
    if (remaining !== undefined) add(name, parameters, { remaining, resetAfterMs: inMs(integer(parameters.get('t'))) })
  }
  return [...views.values()]
}

const firstOf = (head: ResponseHead, names: readonly string[] = []): string | undefined => {
  for (const name of names) {
    const value = head.header(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** Nobody waits 30 years, so a reset above 10^9 is a date in seconds and one above 10^12 a date in milliseconds. */
const resetAfterMs = (head: ResponseHead, reset: number | undefined, wallMs: number): number | undefined =>
  reset === undefined || reset <= 1e9
    ? inMs(reset)
    : Math.max(0, Math.ceil((reset > 1e12 ? reset : reset * 1_000) - serverNowMs(head, wallMs)))

const plainView = (head: ResponseHead, wallMs: number, of: ProviderQuota): QuotaView | undefined => {
  const remaining = plainNumber(firstOf(head, of.remaining))
  if (remaining === undefined) return undefined
  // Drafts up to -07: "100, 10;w=1, 100;w=60", the limit in force first and then all policies.
  const [, limit, window] = /^\s*(\d+)(?:(?:.*?[,\s]\1)?\s*;\s*w=(\d+))?/.exec(firstOf(head, of.limit) ?? '') ?? []
  return {
    name: of.name,
    unit: of.unit ?? 'requests',
    limit: plainNumber(limit),
    remaining,
    resetAfterMs: resetAfterMs(head, plainNumber(firstOf(head, of.reset)), wallMs),
    windowMs: of.windowMs ?? inMs(plainNumber(window)),
  }
}

const OLDER_HEADERS: ProviderHeaders = ['', 'x-'].map((prefix) => ({
  name: `${prefix}ratelimit`,
  limit: [`${prefix}ratelimit-limit`],
  remaining: [`${prefix}ratelimit-remaining`],
  reset: [`${prefix}ratelimit-reset`],
}))

/**
 * Reads what an answer says about the server's quotas: `RateLimit` with `RateLimit-Policy`, else the older
 * `RateLimit-Limit/-Remaining/-Reset`, else `X-RateLimit-*`; and beside them the headers of a provider.
 *
 * Malformed fields are ignored and so are all of an answer out of a cache (`Age` above 0). Never throws.
 *
 * @param wallMs - Now, in ms since 1970; used for resets given as a date when the answer has no `Date` of its own.
 * @param provider - The provider's own headers, such as {@link etsyHeaders}.
 * @see draft-ietf-httpapi-ratelimit-headers-11
 */
export const readQuotas = (
  head: ResponseHead,
  wallMs: number,
  provider: ProviderHeaders = NO_PROVIDER,
): readonly QuotaView[] => {
  const limits = head.header('ratelimit')
  const policies = head.header('ratelimit-policy')
  const views = limits === undefined && policies === undefined ? [] : structuredViews(limits, policies)
  for (const older of OLDER_HEADERS) {
    const view = views.length === 0 ? plainView(head, wallMs, older) : undefined
    if (view !== undefined) views.push(view)
  }
  for (const own of provider) {
    const view = plainView(head, wallMs, own)
    if (view !== undefined) views.push(view)
  }
  return views.length === 0 || (plainNumber(head.header('age')) ?? 0) > 0 ? NO_QUOTAS : views.map(withoutUndefined)
}
