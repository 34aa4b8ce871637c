import { afterEach } from 'vitest'
import { ShopApp, type ShopAppOptions } from '../src/shop-app.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator/index.ts'
import { pixel } from './rig.ts'
import { webhookSecret } from './webhook-secret.ts'
import { consentInSimulator } from '../src/simulated-consent.ts'

export { webhookSecret } from './webhook-secret.ts'

const open: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A shop on a simulator, connected, with short times. */
export async function startShop(
  options: {
    readonly simulator?: SimulatorOptions
    readonly app?: ShopAppOptions
    readonly databaseFile?: string
  } = {},
): Promise<{ readonly simulator: Simulator; readonly app: ShopApp }> {
  const simulator = await startSimulator({
    quota: { perSecond: 100_000, perDay: 1_000_000 },
    imageProcessingMs: 0,
    hangMs: 400,
    ...options.simulator,
  })
  open.push(() => simulator.close())
  const app = await openShop(simulator, options.databaseFile ?? ':memory:', options.app)
  consentInSimulator(simulator, app.tokenStore)
  return { simulator, app }
}

/** The app on a simulator and a database, with short times; closed after the test. */
export async function openShop(
  simulator: Simulator,
  databaseFile: string,
  options: ShopAppOptions = {},
): Promise<ShopApp> {
  const app = await ShopApp.open(
    {
      apiBase: simulator.url,
      authorizeUrl: `${simulator.url}/oauth/connect`,
      tokenUrl: `${simulator.url}/v3/public/oauth/token`,
      redirectUri: 'http://localhost:3003/oauth/redirect',
      ...simulator.app,
      shopId: simulator.identity.shopId,
      webhookSecret,
      databaseFile,
    },
    {
      settleMs: 100,
      verifyEveryMs: 5,
      ...options,
      policy: { perSecond: 100_000, deadlineMs: 3_000, attemptMs: 1_000, ...options.policy },
      runner: { retryMs: 20, concurrency: 8, maxAttempts: 12, ...options.runner },
    },
  )
  open.push(() => app.close())
  return app
}

/** Runs jobs until none is waiting that no pause holds, or the time is over. */
export async function settleJobs(app: ShopApp, withinMs = 20_000): Promise<void> {
  const untilMs = performance.now() + withinMs
  while (performance.now() < untilMs) {
    await app.runner.runDue()
    if (app.jobs.waiting() === 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A plan that publishes. */
export const plan = {
  title: 'Hand-thrown mug',
  description: 'Stoneware.',
  price: 24,
  quantity: 3,
  tags: ['mug'],
  images: [{ base64: pixel.toString('base64'), altText: 'A mug' }],
}
