import { apiError, jsonFault, textFault, type Fault, type FaultPlan } from './fault-plan.ts'
import { localTrack } from './catalogue.ts'
import type { Accounts } from './accounts.ts'

/** What a scenario may turn. */
interface Stage {
  readonly faults: FaultPlan
  readonly accounts: Accounts
}

const TOP = /GET \/v1\/me\/top\//
const TOP_TRACKS = /GET \/v1\/me\/top\/tracks\?.*time_range=short_term/
const ANY_API = / \/v1\//
const TOKEN = /POST \/api\/token/
const CREATE = /POST \/v1\/me\/playlists/
const WRITE_ITEMS = /(?:PUT|POST) \/v1\/playlists\/\w+\/items/
const READ_PLAYLIST = /GET \/v1\/playlists\/\w+/

type Data = Record<string, unknown>

const changeItems =
  (change: (items: Data[]) => unknown[]) =>
  (text: string): string => {
    const page = JSON.parse(text) as Data & { items: Data[] }
    const items = change(page.items)
    return JSON.stringify({ ...page, items, ...('total' in page ? { total: items.length } : {}) })
  }

const without = (item: Data, ...names: readonly string[]): Data =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))

// A day has 86,400 s; this wait was seen a day after a burst (your_spotify#411).
const LONG_BAN_S = 79_892

const SCENARIOS = {
  S1: ({ accounts }) => accounts.expireAccessTokens(),
  S2: ({ faults }) => faults.arm({ match: TOP_TRACKS, times: 1, answer: apiError(401, 'Access token missing') }),
  S3: ({ faults, accounts }) => {
    accounts.expireAccessTokens()
    const answer = jsonFault(400, { error: 'invalid_grant', error_description: 'Refresh token expired' })
    faults.arm({ match: TOKEN, answer })
  },
  S4: ({ accounts }) => {
    accounts.refreshMode = 'kept'
    accounts.expireAccessTokens()
  },
  S5: ({ accounts }) => {
    accounts.refreshMode = 'rotating'
    accounts.expireAccessTokens()
  },
  S6: ({ faults, accounts }) => {
    accounts.expireAccessTokens()
    faults.arm({ match: TOKEN, answer: textFault(503, 'Service Unavailable') })
  },
  S7: ({ faults }) =>
    faults.arm({
      match: ANY_API,
      times: 1,
      answer: apiError(429, 'API rate limit exceeded', { 'retry-after': '3' }),
    }),
  S8: ({ faults }) =>
    faults.arm({
      match: ANY_API,
      after: 2,
      answer: apiError(429, 'API rate limit exceeded', { 'retry-after': String(LONG_BAN_S) }),
    }),
  S9: ({ faults }) =>
    faults.arm({
      match: ANY_API,
      answer: jsonFault(429, { error: { status: 429, message: 'Too many requests', reason: 'QUOTA_EXCEEDED' } }),
    }),
  S10: ({ faults }) => {
    faults.arm({ match: ANY_API, times: 1, answer: textFault(429, 'Too many requests', { 'retry-after': '0' }) })
    faults.arm({ match: ANY_API, times: 1, answer: textFault(429, 'Too many requests') })
  },
  S11: ({ faults }) =>
    faults.arm({
      match: ANY_API,
      answer: textFault(
        403,
        'Active premium subscription required for the owner of the app. When the subscription status changes, it can take a few hours before requests are allowed again.',
      ),
    }),
  S12: ({ faults }) =>
    faults.arm({ match: ANY_API, answer: textFault(403, 'User not registered in the Developer Dashboard') }),
  S13: ({ faults }) => faults.arm({ match: TOP, answer: apiError(403, 'Insufficient client scope') }),
  S14: ({ faults }) => faults.arm({ match: /GET \/v1\/me\/top\/artists/, answer: apiError(403, 'Forbidden') }),
  S15: ({ faults }) =>
    faults.arm(
      { match: TOP_TRACKS, times: 1, answer: apiError(502, 'Bad gateway.') },
      {
        match: TOP_TRACKS,
        times: 1,
        answer: textFault(504, '<html><title>504 Gateway Time-out</title></html>', { 'content-type': 'text/html' }),
      },
    ),
  S16: ({ faults }) =>
    faults.arm({ match: TOP_TRACKS, times: 1, delayMs: 30_000, answer: textFault(504, 'upstream request timeout') }),
  S17: ({ faults }) =>
    faults.arm(
      { match: TOP_TRACKS, change: () => '' },
      { match: /recently-played/, answer: { status: 204, body: '' } },
    ),
  S18: ({ faults }) =>
    faults.arm({ match: TOP_TRACKS, change: changeItems((items) => [null, localTrack(), ...items.slice(2)]) }),
  S19: ({ faults }) => {
    faults.arm({ match: TOP_TRACKS, change: changeItems(() => []) })
    faults.arm({
      match: /GET \/v1\/me\/top\/tracks\?.*time_range=medium_term/,
      change: changeItems((items) => [...items.slice(0, 10), ...items.slice(0, 2)]),
    })
  },
  S20: ({ faults }) =>
    faults.arm({
      match: TOP,
      change: changeItems((items) =>
        items.map((item) => ({
          ...without(item, 'popularity', 'external_urls', 'genres', 'external_ids'),
          images: [],
          ...('album' in item ? { album: without(item['album'] as Data, 'images') } : {}),
        })),
      ),
    }),
  S21: ({ faults }) => faults.arm({ match: CREATE, times: 1, isApplied: true, isReset: true }),
  S22: ({ faults }) =>
    faults.arm({ match: WRITE_ITEMS, times: 1, isApplied: true, answer: apiError(500, 'Internal server error') }),
  S23: ({ faults }) => {
    // Half of the writes that overlap fail; what overlaps is what arrives while another one is held.
    for (const after of [1, 3, 5])
      faults.arm({ match: WRITE_ITEMS, after, times: 1, answer: apiError(500, 'Server error.') })
  },
  S24: ({ faults }) => faults.arm({ match: TOP_TRACKS, change: changeItems((items) => [localTrack(), ...items]) }),
  S25: ({ faults }) => faults.arm({ match: READ_PLAYLIST, times: 2, answer: apiError(404, 'Resource not found') }),
  S26: ({ faults }) =>
    faults.arm({ match: WRITE_ITEMS, times: 3, answer: apiError(403, 'Playlist size limit reached') }),
  S27: ({ faults }) =>
    faults.arm({
      match: /recently-played/,
      change: (text) => JSON.stringify({ ...(JSON.parse(text) as Data), items: [], next: null, cursors: null }),
    }),
  // The endpoint reads its query alone; nothing has to be armed.
  S28: () => undefined,
  S29: ({ faults }) =>
    faults.arm({ match: /PUT \/v1\/playlists\/\w+\/images/, answer: apiError(413, 'Payload too large') }),
  // A lock is the program's own database: the test takes it.
  S30: () => undefined,
  S31: ({ faults }) =>
    faults.arm({ match: TOP_TRACKS, times: 1, change: (text) => text.slice(0, Math.floor(text.length / 2)) }),
} satisfies Record<string, (stage: Stage) => unknown>

export type ScenarioName = keyof typeof SCENARIOS

export const scenarioNames = Object.keys(SCENARIOS) as readonly ScenarioName[]

/** Arms a scenario on a stage. */
export const armScenario = (name: ScenarioName, stage: Stage): void => {
  const play: (stage: Stage) => unknown = SCENARIOS[name]
  play(stage)
}

export type { Fault }
