import { DatabaseSync } from 'node:sqlite'
import { afterEach } from 'vitest'
import { type CallLine, Connection, createEtsyPolicy, EtsyClient, type EtsyPolicyOptions } from '../src/client/index.ts'
import { AccessTokens, SqliteTokenStore, TokenEndpoint } from '../src/oauth/index.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator/index.ts'
import { appScopes } from '../src/shop-app.ts'
import { consentInSimulator } from '../src/simulated-consent.ts'

/** A simulator and a connected client beside it. */
export interface Rig {
  readonly simulator: Simulator
  readonly database: DatabaseSync
  readonly tokens: AccessTokens
  readonly store: SqliteTokenStore
  readonly client: EtsyClient
  readonly lines: CallLine[]
}

const open: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** Starts both; closed after the test. */
export async function startRig(
  options: SimulatorOptions & {
    readonly policy?: EtsyPolicyOptions
    readonly scopes?: readonly string[]
    /** Where the token endpoint is; default: at the simulator. */ readonly tokenBase?: string
  } = {},
): Promise<Rig> {
  const simulator = await startSimulator({
    quota: { perSecond: 100_000, perDay: 1_000_000 },
    imageProcessingMs: 0,
    ...options,
  })
  const database = new DatabaseSync(':memory:')
  open.push(async () => {
    await simulator.close()
    database.close()
  })
  const store = new SqliteTokenStore(database)
  consentInSimulator(simulator, store, options.scopes)
  const endpoint = new TokenEndpoint({
    authorizeUrl: `${simulator.url}/oauth/connect`,
    tokenUrl: `${options.tokenBase ?? simulator.url}/v3/public/oauth/token`,
    clientId: simulator.app.keystring,
    redirectUri: 'http://localhost:3003/oauth/redirect',
    scopes: appScopes,
  })
  const tokens = new AccessTokens(store, (refreshToken) => endpoint.refresh(refreshToken))
  const lines: CallLine[] = []
  const settings = { apiBase: simulator.url, ...simulator.app, shopId: simulator.identity.shopId }
  const policy = createEtsyPolicy({ perSecond: 100_000, deadlineMs: 15_000, attemptMs: 5_000, ...options.policy })
  const client = new EtsyClient(new Connection(settings, policy, tokens, (line) => lines.push(line)))
  return { simulator, database, tokens, store, client, lines }
}

/** A listing that the simulator accepts. */
export const newListing = {
  title: 'Hand-thrown mug',
  description: 'Stoneware.',
  price: 24,
  quantity: 3,
  taxonomyId: 1_062,
  readinessStateId: 1,
  shippingProfileId: 1,
  tags: ['mug'],
} as const

/** The smallest picture. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
