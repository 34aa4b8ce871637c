import { ShopApp } from '../src/shop-app.ts'
import { demoApp } from '../src/simulator/index.ts'
import { webhookSecret } from './webhook-secret.ts'

// A process that works on the jobs of a database until somebody kills it or nothing is left.
const [apiBase = '', databaseFile = ''] = process.argv.slice(2)
const app = await ShopApp.open(
  {
    apiBase,
    authorizeUrl: `${apiBase}/oauth/connect`,
    tokenUrl: `${apiBase}/v3/public/oauth/token`,
    redirectUri: 'http://localhost:3003/oauth/redirect',
    ...demoApp,
    shopId: 42,
    webhookSecret,
    databaseFile,
  },
  {
    settleMs: 200,
    verifyEveryMs: 5,
    policy: { perSecond: 100_000, deadlineMs: 2_000, attemptMs: 150 },
    runner: { retryMs: 20, concurrency: 4, maxAttempts: 1_000 },
  },
)
app.jobs.recover()
process.stdout.write('working\n')
while (app.jobs.jobs({ state: 'ready', limit: 1 }).length > 0) {
  await app.runner.runDue()
  await new Promise((resolve) => setTimeout(resolve, 5))
}
await app.close()
