import { afterEach, beforeAll, expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { CopiedProject, packPackages } from '@holdfast/copied-project'
import { SCOPES } from '../src/oauth/index.ts'
import { SIMULATED_CLIENT_ID, startSimulator } from '../src/simulator/index.ts'

const APP = fileURLToPath(new URL('..', import.meta.url))
const LONGEST_MS = 240_000

const TOKENS = `const tokens = { current: async () => process.env.TOKEN as string, renew: async () => process.env.TOKEN as string }
const apiBase = process.env.API_BASE as string`

/** A scenario for each folder, as somebody who copied it would write it. */
const SCENARIOS: Readonly<
  Record<string, { readonly folders: readonly string[]; readonly code: string; readonly prints: string }>
> = {
  client: {
    folders: ['client'],
    code: `import { SpotifyClient, spotifyPolicy } from './client/index.ts'
${TOKENS}
const client = new SpotifyClient({ apiBase, tokens, policy: spotifyPolicy() })
const page = await client.get('/me/top/tracks', { operation: 'topTracks', query: { time_range: 'short_term' } })
console.log((page as { items: unknown[] }).items.length)`,
    prints: '20',
  },
  oauth: {
    folders: ['oauth'],
    code: `import { standardPolicy } from '@holdfast/core'
import { SpotifyTokens, TokenStore } from './oauth/index.ts'
const store = new TokenStore('tokens.db')
const policy = standardPolicy({ name: 'accounts' })
const tokenUrl = process.env.TOKEN_URL as string
const tokens = new SpotifyTokens({ tokenUrl, clientId: process.env.CLIENT_ID as string, store, policy })
store.write({ accessToken: 'old', expiresAtMs: 0, refreshToken: process.env.REFRESH as string, scopes: [], consentAtMs: Date.now() })
const all = await Promise.all([tokens.current(), tokens.current(), tokens.current()])
console.log(new Set(all).size, store.read()?.refreshToken === process.env.REFRESH)`,
    prints: '1 true',
  },
  store: {
    folders: ['store'],
    code: `import { checkDatabase, openStore } from './store/index.ts'
const first = openStore('time-machine.db')
first.limits.write({ untilMs: 5, reason: 'quota' })
first.close()
const second = openStore('time-machine.db', { create: false })
checkDatabase(second.database)
console.log(second.limits.read()?.reason)`,
    prints: 'quota',
  },
  snapshot: {
    folders: ['snapshot', 'client', 'store'],
    code: `import { SpotifyClient, spotifyPolicy } from './client/index.ts'
import { takeSnapshot } from './snapshot/index.ts'
import { openStore } from './store/index.ts'
${TOKENS}
const store = openStore('time-machine.db')
const client = new SpotifyClient({ apiBase, tokens, policy: spotifyPolicy(), pauses: store.limits })
console.log((await takeSnapshot({ client, store })).outcome)`,
    prints: 'complete',
  },
}

const projects: CopiedProject[] = []
let tarballs: ReadonlyMap<string, string>

beforeAll(async () => {
  tarballs = await packPackages(['core', 'ky-hooks'], `${APP}node_modules/.packed`)
}, LONGEST_MS)

afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

test.each(Object.entries(SCENARIOS))(
  '%s compiles and runs in an empty project with the packed packages',
  async (_name, { folders, code, prints }) => {
    const project = new CopiedProject({ app: APP, folders, tarballs, libraries: ['ky', 'zod'], scenario: code })
    projects.push(project)
    project.typecheck()
    const simulator = await startSimulator()
    try {
      const grant = simulator.accounts.grant(SCOPES)
      const printed = await project.run({
        API_BASE: simulator.apiBase,
        TOKEN_URL: `${simulator.accountsBase}/api/token`,
        CLIENT_ID: SIMULATED_CLIENT_ID,
        TOKEN: grant.access_token,
        REFRESH: grant.refresh_token,
      })
      expect(printed).toBe(prints)
    } finally {
      await simulator.stop()
    }
  },
)
