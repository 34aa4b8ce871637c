import { randomUUID } from 'node:crypto'
import {
  type Answer,
  createFaultServer,
  delayed,
  type FaultServer,
  json,
  type ReceivedRequest,
  type ResponseAnswer,
} from '@holdfast/fault-server'
import { type AppCredentials, refuseKey, refuseToken } from './api-access.ts'
import { createSimulatedClock, type SimulatedClock } from './clock.ts'
import { openDatabase } from './database.ts'
import { quotaHeaders, tooManyRequests } from './error-answers.ts'
import type { FaultSchedule } from './fault-schedule.ts'
import { Grants } from './grants.ts'
import { createJournal, type SimulatorJournal } from './journal.ts'
import { authorize, issueTokens, tokenPath } from './oauth-endpoints.ts'
import type { Operation, OperationContext, WebhookEvent } from './operation.ts'
import { operations } from './operations.ts'
import { createQuota, type Quota } from './quota.ts'
import { scenarioCatalogue } from './scenario-catalogue.ts'
import { type Injection, ScenarioPlan } from './scenario-plan.ts'
import { seedShop, type ShopIdentity } from './seed-shop.ts'
import { ShopStore } from './shop-store.ts'
import { webhookFaults, WebhookSender, type WebhookTarget } from './webhook-sender.ts'

/** Options of the simulator; each has a default that suits a first look. */
export interface SimulatorOptions {
  /** SQLite file; default `:memory:`. */
  readonly databaseFile?: string
  /** Port on 127.0.0.1; default 0, a free one. */
  readonly port?: number
  readonly seed?: number
  readonly app?: AppCredentials
  readonly listings?: number
  readonly orders?: number
  readonly clock?: SimulatedClock
  /** `windowMs`: length of the sliding day, simulated ms, default 24 hours. */
  readonly quota?: { readonly perSecond: number; readonly perDay: number; readonly windowMs?: number }
  readonly webhooks?: WebhookTarget
  /** Length of hanging and dripping answers of E20, real ms. Default 15,000. */
  readonly hangMs?: number
  /** Decides on each request by itself, before the injected scenarios. */
  readonly schedule?: FaultSchedule
  readonly imageProcessingMs?: number
}

/** The running simulator. */
export interface Simulator {
  readonly url: string
  readonly server: FaultServer
  readonly store: ShopStore
  readonly grants: Grants
  readonly quota: Quota
  readonly journal: SimulatorJournal
  readonly clock: SimulatedClock
  readonly plan: ScenarioPlan
  readonly identity: ShopIdentity
  readonly app: AppCredentials
  inject(injection: Injection): void
  /** Sends webhooks here from now on. */
  connectWebhooks(target: WebhookTarget): void
  /** Tells the app of a receipt. */
  announce(event: WebhookEvent, receiptId: number): Promise<void>
  close(): Promise<void>
}

/** Key and secret when none are given. */
export const demoApp: AppCredentials = { keystring: 'demokeystring', sharedSecret: 'demosecret' }
const identity: ShopIdentity = { shopId: 42, userId: 123_456, shopName: 'HarbourStoneware' }
const realDayMs = 86_400_000

/** Starts the simulator of the Etsy Open API v3. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { seed = 1, app = demoApp, clock = createSimulatedClock(), hangMs = 15_000 } = options
  const database = openDatabase(options.databaseFile ?? ':memory:')
  const store = new ShopStore(database)
  const journal = createJournal(database, clock.nowMs)
  const grants = new Grants(database, clock.nowMs, identity.userId)
  const { perSecond = 150, perDay = 10_000, windowMs = realDayMs } = options.quota ?? {}
  const quota = createQuota({ perSecondLimit: perSecond, dailyLimit: perDay, windowMs })
  const plan = new ScenarioPlan(seed)
  const startedAtMs = clock.nowMs()
  let refusals = 0
  let sender = options.webhooks === undefined ? undefined : senderTo(options.webhooks)
  if (store.listingsIn('active', 1, 0).count === 0) {
    seedShop(store, identity, clock.seconds(), { listings: options.listings ?? 40, orders: options.orders ?? 0, seed })
  }

  function senderTo(target: WebhookTarget): WebhookSender {
    return new WebhookSender(target, clock, (message, status) => {
      journal.write({ kind: 'webhook-sent', operation: message.event, status, subject: message.id })
    })
  }

  const announce = async (event: WebhookEvent, receiptId: number): Promise<void> => {
    const found = plan.next('webhook', '', clock.nowMs() - startedAtMs)
    const fault = found === undefined ? 'none' : (webhookFaults[found.variant % webhookFaults.length] ?? 'none')
    await sender?.send(event, identity.shopId, receiptId, fault)
  }
  const context: OperationContext = {
    store,
    identity,
    grants,
    nowMs: clock.nowMs,
    seconds: clock.seconds,
    imageProcessingMs: options.imageProcessingMs ?? 3_000,
    happened: journal.write,
    announce: (event, receiptId) => void announce(event, receiptId),
  }

  async function serve(
    operation: Operation,
    request: ReceivedRequest,
    perSecondLimit: number | undefined,
    instead: ResponseAnswer | undefined,
  ): Promise<ResponseAnswer> {
    const refusedKey = refuseKey(request, app)
    if (refusedKey !== undefined) return refusedKey
    const verdict = quota.take(clock.nowMs(), perSecondLimit)
    if (verdict.breach !== 'none') {
      refusals += 1
      return tooManyRequests(verdict, refusals)
    }
    const answer = refuseToken(request, operation, grants) ?? instead ?? (await operation.run(request, context))
    return { ...answer, headers: { ...answer.headers, ...quotaHeaders(verdict) } }
  }

  async function token(request: ReceivedRequest): Promise<ResponseAnswer> {
    const answer = await issueTokens(request, grants, app.keystring)
    if (answer.status === 200) journal.write({ kind: 'token-refreshed', operation: 'token' })
    return answer
  }

  async function answerTo(
    operationId: string,
    request: ReceivedRequest,
    serveWith: (instead: ResponseAnswer | undefined, perSecondLimit: number | undefined) => Promise<ResponseAnswer>,
  ): Promise<Answer> {
    const uuid = randomUUID()
    const { id, latencyMs = 0, perSecondLimit, ...scheduled } = options.schedule?.(request) ?? {}
    const found =
      id === undefined
        ? plan.next(operationId, request.path, clock.nowMs() - startedAtMs)
        : { scenario: scenarioCatalogue.get(id), variant: scheduled.variant }
    const { scenario, variant = 0 } = found ?? {}
    const carryOut = (instead?: ResponseAnswer): Promise<ResponseAnswer> => serveWith(instead, perSecondLimit)
    const parts = { request, operationId, variant, carryOut, store, grants, quota, nowMs: clock.nowMs, hangMs }
    const answer = scenario === undefined ? await carryOut() : await scenario.answer(parts)
    const status = answer.kind === 'response' ? answer.status : undefined
    journal.write({
      kind: 'call',
      operation: operationId,
      status,
      scenario: scenario?.id,
      requestUuid: uuid,
      subject: request.path,
    })
    if (answer.kind !== 'response') return delayed(answer, latencyMs)
    return delayed({ ...answer, headers: { ...answer.headers, 'x-etsy-request-uuid': uuid } }, latencyMs)
  }

  const routes = Object.fromEntries(
    operations.map((entry) => [
      `${entry.method} ${entry.path}`,
      (request: ReceivedRequest) =>
        answerTo(entry.id, request, (instead, perSecondLimit) => serve(entry, request, perSecondLimit, instead)),
    ]),
  )
  const server = await createFaultServer({
    routes: {
      'GET /oauth/connect': (request) => authorize(request, grants, app.keystring),
      'POST /oauth/connect': (request) => authorize(request, grants, app.keystring),
      [`POST ${tokenPath}`]: (request) => answerTo('token', request, async (instead) => instead ?? token(request)),
      ...routes,
      '* /*': () => json({ error: 'Resource not found' }, { status: 404 }),
    },
    seed,
    port: options.port ?? 0,
    journal: { bodies: false, maxEntries: 10_000 },
  })
  return {
    url: server.url,
    server,
    store,
    grants,
    quota,
    journal,
    clock,
    plan,
    identity,
    app,
    inject: (injection) => plan.add(injection),
    connectWebhooks(target) {
      sender?.close()
      sender = senderTo(target)
    },
    announce,
    async close() {
      sender?.close()
      await server.close()
      database.close()
    },
  }
}
