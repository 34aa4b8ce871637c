import { DatabaseSync } from 'node:sqlite'
import type { Policy, StandardStrategies } from '@holdfast/core'
import { type SharedState, sharedState } from '@holdfast/core/shared'
import type { DeadLetterQueue } from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { sqliteStore } from '@holdfast/stores/sqlite'
import {
  type CallLine,
  Connection,
  createEtsyPolicy,
  EtsyClient,
  type EtsyPolicyOptions,
  type Receipt,
} from './client/index.ts'
import { JobLetters, letterFileOf } from './dead-letters/index.ts'
import { InventorySnapshots, stockSync } from './inventory/index.ts'
import { JobRunner, type JobRunnerOptions, JobStore } from './jobs/index.ts'
import { AccessTokens, type OAuthSettings, SqliteTokenStore, TokenEndpoint } from './oauth/index.ts'
import { OrderStore, pollOrders, readOrder } from './orders/index.ts'
import { publishSaga } from './publish/index.ts'
import { improveTags } from './seo/index.ts'
import { shipOrder } from './shipping/index.ts'
import { WebhookReceiver } from './webhooks/index.ts'

/** Everything that differs between the simulator and a real shop. */
export interface ShopAppSettings {
  readonly apiBase: string
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly redirectUri: string
  readonly keystring: string
  readonly sharedSecret: string
  readonly shopId: number
  readonly webhookSecret: string
  readonly databaseFile: string
  /** Calls that this shop allows itself in any 24 hours; default: what Etsy's headers say. */
  readonly callsPerDay?: number | undefined
}

/** Times and limits that tests shorten. */
export interface ShopAppOptions {
  readonly policy?: EtsyPolicyOptions
  readonly runner?: JobRunnerOptions
  readonly settleMs?: number
  readonly verifyEveryMs?: number
  readonly nowMs?: () => number
  readonly log?: (line: CallLine) => void
  readonly onOrder?: (receipt: Receipt) => void
}

/** What the app asks the seller for. */
export const appScopes = [
  'listings_r',
  'listings_w',
  'listings_d',
  'shops_r',
  'shops_w',
  'transactions_r',
  'transactions_w',
]

/** The whole shop: one database, one policy, one client, all jobs. */
export class ShopApp {
  readonly database: DatabaseSync
  readonly policy: Policy<StandardStrategies>
  readonly client: EtsyClient
  readonly tokenStore: SqliteTokenStore
  readonly tokens: AccessTokens
  readonly tokenEndpoint: TokenEndpoint
  readonly oauth: OAuthSettings
  readonly jobs: JobStore
  readonly runner: JobRunner
  readonly letters: JobLetters
  readonly orders: OrderStore
  readonly snapshots: InventorySnapshots
  readonly webhooks: WebhookReceiver
  readonly settings: ShopAppSettings
  readonly #shared: SharedState | undefined

  /**
   * Opens the databases and puts everything together; nothing runs yet.
   *
   * @throws {DeadLetterError} When the queue of dead letters cannot be opened.
   */
  static async open(settings: ShopAppSettings, options: ShopAppOptions = {}): Promise<ShopApp> {
    return new ShopApp(await openSqliteQueue(letterFileOf(settings.databaseFile)), settings, options)
  }

  private constructor(queue: DeadLetterQueue, settings: ShopAppSettings, options: ShopAppOptions) {
    const { nowMs = Date.now, settleMs = 5_000, verifyEveryMs = 300 } = options
    this.settings = settings
    this.database = new DatabaseSync(settings.databaseFile)
    this.jobs = new JobStore(this.database, nowMs)
    this.letters = new JobLetters(queue, this.jobs)
    this.tokenStore = new SqliteTokenStore(this.database)
    this.oauth = { ...settings, clientId: settings.keystring, scopes: appScopes }
    this.tokenEndpoint = new TokenEndpoint(this.oauth)
    this.tokens = new AccessTokens(this.tokenStore, (refreshToken) => this.tokenEndpoint.refresh(refreshToken))
    this.#shared = this.#dayInDatabase(options)
    this.policy = createEtsyPolicy({
      ...options.policy,
      ...(this.#shared === undefined ? {} : { perDay: settings.callsPerDay, store: this.#shared }),
    })
    this.database.exec(
      'create table if not exists policy_state (id integer primary key check (id = 1), body text not null)',
    )
    this.#restorePolicy()
    this.client = new EtsyClient(new Connection(settings, this.policy, this.tokens, options.log ?? (() => undefined)))
    this.orders = new OrderStore(this.database)
    this.snapshots = new InventorySnapshots(this.database)
    const onOrder = options.onOrder ?? (() => undefined)
    const times = { settleMs, verifyEveryMs }
    this.runner = new JobRunner(
      this.jobs,
      {
        publish: publishSaga(this.client, times),
        ship: shipOrder(this.client, times),
        stock: stockSync(this.client, this.snapshots),
        seo: improveTags(this.client, times),
        'poll-orders': pollOrders(this.client, this.orders, onOrder),
        'read-order': readOrder(this.client, this.orders, onOrder),
      },
      { keepParked: (job, failure) => this.letters.keep(job, failure), ...options.runner },
    )
    this.webhooks = new WebhookReceiver(this.database, {
      secret: settings.webhookSecret,
      nowMs,
      onSignal: ({ receiptId, webhookId }) => {
        this.jobs.add({ id: `read-order-${webhookId}`, kind: 'read-order', priority: 'critical', data: { receiptId } })
      },
    })
  }

  /** Writes down what the policy has learned (quota, gate), so that a restart does not forget a pause. */
  savePolicy(): void {
    this.database
      .prepare('insert or replace into policy_state values (1, ?)')
      .run(JSON.stringify(this.policy.snapshot()))
  }

  async close(): Promise<void> {
    await this.runner.stop()
    this.savePolicy()
    await this.letters.close()
    await this.#shared?.close()
    this.database.close()
  }

  /** A budget of our own is counted in the database before a call goes out, so that not even a kill forgets one. */
  #dayInDatabase({ policy, nowMs = Date.now }: ShopAppOptions): SharedState | undefined {
    if (this.settings.callsPerDay === undefined) return undefined
    const store = sqliteStore({ database: this.database, nowUs: () => nowMs() * 1_000 })
    return sharedState(store, { instances: 1, ...(policy?.clock === undefined ? {} : { clock: policy.clock }) })
  }

  #restorePolicy(): void {
    const row = this.database.prepare('select body from policy_state where id = 1').get()
    if (row === undefined) return
    try {
      this.policy.restore(JSON.parse(String(row['body'])) as Parameters<Policy['restore']>[0])
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
      // What cannot be read was written by another version; the policy learns anew from the next answers.
      this.database.exec('delete from policy_state')
    }
  }
}
