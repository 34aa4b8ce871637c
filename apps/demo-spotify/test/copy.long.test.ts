import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { SCOPES } from '../src/oauth/index.ts'
import { SIMULATED_CLIENT_ID, startSimulator } from '../src/simulator/index.ts'
import { temporaryFolder } from './stage.ts'

const here = new URL('..', import.meta.url).pathname
const root = new URL('../../..', import.meta.url).pathname
const bin = join(root, 'node_modules/.bin')

const PACKAGES = ['core', 'ky-hooks'] as const
const LINKS = ['ky', 'zod'] as const
const LONGEST_MS = 240_000

const SETTINGS = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ['src'],
}

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

describe('each advertised folder in an empty project with the packed packages', () => {
  const tarballs = new Map<string, string>()
  let packed: string

  const run = (command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string =>
    execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      timeout: LONGEST_MS,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, ...env },
    })

  beforeAll(() => {
    packed = join(here, 'node_modules/.packed')
    mkdirSync(packed, { recursive: true })
    for (const name of PACKAGES) {
      const folder = join(root, 'packages', name)
      run('tsdown', [], folder)
      run('npx', ['pnpm@12.15.0', 'pack', '--pack-destination', packed], folder)
      const file = readdirSync(packed).find((entry) => entry.startsWith(`holdfast-${name}-`) && entry.endsWith('.tgz'))
      tarballs.set(name, join(packed, file ?? 'missing'))
    }
  }, LONGEST_MS)

  const project = (folders: readonly string[], code: string): string => {
    const folder = temporaryFolder()
    const modules = join(folder, 'node_modules')
    for (const [name, tarball] of tarballs) {
      const target = join(modules, '@holdfast', name)
      mkdirSync(target, { recursive: true })
      run('tar', ['-xzf', tarball, '--strip-components=1', '-C', target], folder)
    }
    for (const name of LINKS) symlinkSync(realpathSync(join(here, 'node_modules', name)), join(modules, name))
    mkdirSync(join(modules, '@types'))
    symlinkSync(realpathSync(join(root, 'node_modules/@types/node')), join(modules, '@types/node'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(SETTINGS))
    for (const name of folders) cpSync(join(here, 'src', name), join(folder, 'src', name), { recursive: true })
    writeFileSync(join(folder, 'src/scenario.ts'), code)
    return folder
  }

  test.each(Object.entries(SCENARIOS))('%s', async (_name, { folders, code, prints }) => {
    const folder = project(folders, code)
    run('tsc', ['-p', '.'], folder)
    const simulator = await startSimulator()
    try {
      const grant = simulator.accounts.grant(SCOPES)
      const child = spawn(join(bin, 'node'), ['--disable-warning=ExperimentalWarning', 'src/scenario.ts'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          PATH: process.env['PATH'],
          API_BASE: simulator.apiBase,
          TOKEN_URL: `${simulator.accountsBase}/api/token`,
          CLIENT_ID: SIMULATED_CLIENT_ID,
          TOKEN: grant.access_token,
          REFRESH: grant.refresh_token,
        },
      })
      let out = ''
      child.stdout.on('data', (text) => (out += String(text)))
      await new Promise((resolve) => child.once('exit', resolve))
      expect(out.trim()).toBe(prints)
    } finally {
      await simulator.stop()
    }
  })
})
