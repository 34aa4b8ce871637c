import { CopiedProject, packPackages } from '@holdfast/copied-project'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { appScopes } from '../src/shop-app.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { folderNeeds } from './folder-needs.ts'

const app = fileURLToPath(new URL('..', import.meta.url))
const mostMs = 240_000

const connect = `import { Connection, createEtsyPolicy, EtsyClient } from './client/index.ts'
const settings = { apiBase: process.env.API_BASE as string, keystring: process.env.KEYSTRING as string,
  sharedSecret: process.env.SHARED_SECRET as string, shopId: 42 }
const tokens = { current: async () => process.env.TOKEN as string, renew: async () => process.env.TOKEN as string }
const client = new EtsyClient(new Connection(settings, createEtsyPolicy({ perSecond: 1_000 }), tokens, (line) => lines.push(line.operation)))
const lines: string[] = []`

/** A scenario for each advertised folder, as somebody who copied it would write it, with faults where it has to stand them. */
const scenarios: Readonly<
  Record<string, { readonly code: string; readonly prints: string; readonly faults?: readonly ('E15' | 'E19')[] }>
> = {
  client: {
    code: `${connect}
const shop = await client.shop()
const { listings, unknownIds } = await client.listingsByIds([1_001, 1_002, 5])
console.log(shop.shopId, listings.length, unknownIds.join(), lines.filter((operation) => operation === 'getShop').length)`,
    prints: '42 2 5 1',
    faults: ['E19'],
  },
  oauth: {
    code: `import { DatabaseSync } from 'node:sqlite'
import { AccessTokens, beginLogin, SqliteTokenStore, TokenEndpoint } from './oauth/index.ts'
const base = process.env.API_BASE as string
const oauth = { authorizeUrl: base + '/oauth/connect', tokenUrl: base + '/v3/public/oauth/token', clientId: process.env.KEYSTRING as string,
  redirectUri: 'http://localhost:3003/oauth/redirect', scopes: ['shops_r'] }
const store = new SqliteTokenStore(new DatabaseSync('tokens.db'))
const endpoint = new TokenEndpoint(oauth)
const tokens = new AccessTokens(store, (refreshToken) => endpoint.refresh(refreshToken))
// The consent page, as a browser would press "Allow".
const login = beginLogin(oauth)
const allowed = await fetch(login.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision: 'allow' }) })
const back = new URL(allowed.headers.get('location') ?? '')
store.save(await endpoint.exchange(back.searchParams.get('code') ?? '', login.verifier))
const first = await tokens.current()
const renewed = await Promise.all([tokens.renew(first), tokens.renew(first), tokens.renew(first)])
console.log(back.searchParams.get('state') === login.state, new Set(renewed).size, renewed[0] !== first, store.load()?.accessToken === renewed[0])`,
    prints: 'true 1 true true',
  },
  webhooks: {
    code: `import { createHmac } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { WebhookReceiver } from './webhooks/index.ts'
const key = Buffer.from('a secret of the portal')
const heard: number[] = []
const receiver = new WebhookReceiver(new DatabaseSync('webhooks.db'), {
  secret: 'whsec_' + key.toString('base64'),
  onSignal: ({ receiptId }) => heard.push(receiptId),
})
const body = JSON.stringify({ event_type: 'order.paid', resource_url: 'https://openapi.etsy.com/v3/application/shops/42/receipts/7', shop_id: 42 })
const timestamp = String(Math.floor(Date.now() / 1_000))
const signature = createHmac('sha256', key).update('a.' + timestamp + '.' + body).digest('base64')
const results = [signature, signature, 'v1,forged'].map((given) => receiver.receive({ id: 'a', timestamp, signature: given }, body).result)
console.log(results.join(), heard.join())`,
    prints: 'accepted,duplicate,bad-signature 7',
  },
  publish: {
    code: `${connect}
import { DatabaseSync } from 'node:sqlite'
import { JobRunner, JobStore } from './jobs/index.ts'
import { publishJob, publishSaga } from './publish/index.ts'
const jobs = new JobStore(new DatabaseSync('shop.db'))
const runner = new JobRunner(jobs, { publish: publishSaga(client, { settleMs: 50, verifyEveryMs: 5 }) }, { retryMs: 20 })
const image = { base64: process.env.PICTURE as string, altText: 'A mug' }
const job = publishJob('SKU-1', { title: 'Mug', description: 'Stoneware.', price: 24, quantity: 3, tags: ['mug'], images: [image] })
jobs.add(job)
const untilMs = Date.now() + 20_000
while (jobs.job(job.id)?.state === 'ready' && Date.now() < untilMs) {
  await runner.runDue()
  await new Promise((resolve) => setTimeout(resolve, 10))
}
console.log(jobs.job(job.id)?.state, lines.filter((operation) => operation === 'createDraftListing').length)`,
    prints: 'done 1',
    faults: ['E15'],
  },
}

const projects: CopiedProject[] = []
let tarballs: ReadonlyMap<string, string>

beforeAll(async () => {
  tarballs = await packPackages(['core', 'axios-interceptor'], `${app}node_modules/.packed`)
}, mostMs)

afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test.each(Object.entries(scenarios))(
  '%s compiles and runs in an empty project with the packed packages',
  async (name, { code, prints, faults = [] }) => {
    const folders = [name, ...(folderNeeds[name] ?? [])]
    const project = new CopiedProject({ app, folders, tarballs, libraries: ['axios', 'zod'], scenario: code })
    projects.push(project)
    project.typecheck()
    const simulator = await startSimulator({ imageProcessingMs: 0 })
    try {
      for (const id of faults) simulator.inject({ id })
      const { access_token } = simulator.grants.issueDirectly(appScopes)
      const printed = await project.run({
        API_BASE: simulator.url,
        KEYSTRING: simulator.app.keystring,
        SHARED_SECRET: simulator.app.sharedSecret,
        TOKEN: access_token,
        PICTURE: picture,
      })
      expect(printed).toBe(prints)
      for (const id of faults) {
        expect(simulator.journal.lines(0, 1_000).filter((line) => line.scenario === id)).toHaveLength(1)
      }
    } finally {
      await simulator.close()
    }
  },
)
