import { join } from 'node:path'
import type { Clock, Policy, StandardStrategies } from '@holdfast/core'
import { logPolicyEvents, type StructuredLogger } from '@holdfast/core/logging'
import { MissingConfigError } from '@holdfast/core/service-errors'
import { accountsPolicy, SpotifyClient, spotifyPolicy } from '../client/index.ts'
import { SpotifyTokens, TokenStore } from '../oauth/index.ts'
import { openStore, whenUnlocked, type OpenOptions, type Store } from '../store/index.ts'
import { databasePath, limitsPath, tokensPath, type Settings } from './settings.ts'
import { openSharedLimits } from './shared-limits.ts'

/** All parts of the program, put together once. */
export interface TimeMachine {
  readonly settings: Settings
  readonly store: Store
  readonly tokenStore: TokenStore
  readonly tokens: SpotifyTokens
  readonly client: SpotifyClient
  readonly policies: { readonly api: Policy<StandardStrategies>; readonly accounts: Policy<StandardStrategies> }
  readonly now: () => number
  close(): Promise<void>
}

export interface TimeMachineOptions {
  readonly now?: () => number
  readonly clock?: Clock
  readonly windowPermits?: number | false
  readonly logger?: StructuredLogger
  readonly database?: OpenOptions
}

/**
 * @throws {MissingConfigError} Without a client id.
 * @throws {StoreError} When the file of the shared limits cannot be used.
 */
export const openTimeMachine = (settings: Settings, options: TimeMachineOptions = {}): TimeMachine => {
  const { now = Date.now, clock, windowPermits, logger } = options
  const { clientId, accountsBase, apiBase } = settings
  if (clientId === undefined) throw new MissingConfigError(['SPOTIFY_CLIENT_ID'], { upstream: 'spotify' })
  const store = openStore(databasePath(settings), options.database)
  const tokenStore = new TokenStore(tokensPath(settings))
  const limits = windowPermits === false ? undefined : openSharedLimits(limitsPath(settings), clock, logger)
  const policies = {
    api: spotifyPolicy({
      ...(windowPermits === undefined ? {} : { windowPermits }),
      ...(limits === undefined ? {} : { permitStore: limits.state }),
      ...(clock === undefined ? {} : { clock }),
    }),
    accounts: accountsPolicy(clock),
  }
  const stops = logger === undefined ? [] : Object.values(policies).map((policy) => logPolicyEvents(policy, logger))
  const tokenUrl = `${accountsBase}/api/token`
  const tokens = new SpotifyTokens({ tokenUrl, clientId, store: tokenStore, policy: policies.accounts, now })
  const client = new SpotifyClient({
    apiBase,
    tokens,
    policy: policies.api,
    pauses: store.limits,
    now,
    onAttempt(status) {
      // The count is for show: a lock must not fail the call that it counts.
      void whenUnlocked(() => store.limits.countCall(now(), status)).catch(() => undefined)
    },
  })
  return {
    settings,
    store,
    tokenStore,
    tokens,
    client,
    policies,
    now,
    async close() {
      for (const stop of stops) stop()
      await limits?.close()
      tokenStore.close()
      store.close()
    },
  }
}

/** The folder where copies of the database are kept before it is changed. */
export const backupFolder = ({ folder }: Settings): string => join(folder, 'backups')
