import { serve } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import type { CallLine } from '../client/index.ts'
import { ShopApp, type ShopAppOptions, type ShopAppSettings } from '../shop-app.ts'
import { type Simulator, startSimulator } from '../simulator/index.ts'
import { CallHistory } from './call-history.ts'
import { createServer } from './server.ts'
import type { WebSettings } from './settings.ts'

/** The running web app. */
export interface Web {
  readonly url: string
  readonly app: ShopApp
  readonly simulator: Simulator | undefined
  close(): Promise<void>
}

const pollEveryMs = 30_000

/** Starts the simulator if there are no credentials, the jobs, and the pages on 127.0.0.1. */
export async function startWeb(settings: WebSettings, options: ShopAppOptions = {}): Promise<Web> {
  const isReal = settings.real !== undefined
  const simulator = isReal ? undefined : await startSimulator({ orders: 12 })
  const webhookSecret =
    settings.real?.ETSY_WEBHOOK_SECRET ?? `whsec_${Buffer.from('demo-webhook-secret').toString('base64')}`
  const late: { pages?: ReturnType<typeof createServer>; history?: CallHistory } = {}
  // The port must be known before the redirect address of the login is.
  const http = serve({
    fetch: (request, env) => late.pages?.fetch(request, env) ?? new Response('Starting', { status: 503 }),
    hostname: '127.0.0.1',
    port: settings.port,
  })
  await new Promise<void>((resolve, reject) => {
    http.once('listening', resolve)
    http.once('error', reject)
  })
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const log = (line: CallLine): void => late.history?.write(line)
  const app = await ShopApp.open(shopSettings(settings, simulator, url, webhookSecret), { ...options, log })
  const history = new CallHistory(app.database)
  late.history = history
  history.watch(app.policy)
  const pages = createServer({ app, history, simulator })
  late.pages = pages
  simulator?.connectWebhooks({ url: `${url}/webhooks/etsy`, secret: webhookSecret })
  app.runner.start()
  const upkeep = setInterval(() => {
    app.jobs.add({ id: `poll-${Date.now()}`, kind: 'poll-orders', priority: 'critical', data: {} })
    app.savePolicy()
    history.trim()
    void app.letters.replayDue().catch((error: unknown) => {
      // The letters stay where they are; the next round tries again.
      process.stderr.write(`demo-etsy: dead letters: ${error instanceof Error ? error.message : String(error)}\n`)
    })
  }, pollEveryMs)
  return {
    url,
    app,
    simulator,
    async close() {
      clearInterval(upkeep)
      pages.close()
      await new Promise<void>((resolve) => {
        http.close(() => resolve())
        if ('closeAllConnections' in http) http.closeAllConnections()
      })
      await app.close()
      await simulator?.close()
    },
  }
}

/** The same app for the simulator and for Etsy: only addresses and credentials differ. */
export function shopSettings(
  settings: WebSettings,
  simulator: Simulator | undefined,
  url: string,
  webhookSecret: string,
): ShopAppSettings {
  const { real, databaseFile, callsPerDay } = settings
  if (real !== undefined) {
    return {
      apiBase: real.ETSY_API_BASE,
      authorizeUrl: real.ETSY_AUTHORIZE_URL,
      tokenUrl: real.ETSY_TOKEN_URL,
      redirectUri: real.ETSY_REDIRECT_URI,
      keystring: real.ETSY_KEYSTRING,
      sharedSecret: real.ETSY_SHARED_SECRET,
      shopId: real.ETSY_SHOP_ID,
      webhookSecret,
      databaseFile,
      callsPerDay,
    }
  }
  if (simulator === undefined) throw new TypeError('shopSettings: give credentials or a simulator')
  return {
    apiBase: simulator.url,
    authorizeUrl: `${simulator.url}/oauth/connect`,
    tokenUrl: `${simulator.url}/v3/public/oauth/token`,
    redirectUri: `${url}/oauth/redirect`,
    ...simulator.app,
    shopId: simulator.identity.shopId,
    webhookSecret,
    // The simulator forgets everything at its end, and so must the app.
    databaseFile: ':memory:',
    callsPerDay,
  }
}
