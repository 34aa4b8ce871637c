import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPolicy, retry, wrapFetch } from '@holdfast/core'
import { deadLetters, type DeadLetterQueue } from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { createFaultServer, json, respond, type FaultServer } from '@holdfast/fault-server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { holdfast } from './command.ts'

let folder: string
let server: FaultServer
let queue: DeadLetterQueue

const db = 'letters.db'
// Each command is a process, and those start slowly on a machine that does other things as well.
vi.setConfig({ testTimeout: 90_000 })
const quiet = { onWarning: () => undefined }
const modules = fileURLToPath(new URL('../node_modules', import.meta.url))

const run = (...args: string[]) => holdfast(args, { folder, environment: { HOLDFAST_DLQ: db } })

/** Lets calls fail for good, so that their letters are in the queue. */
const failCalls = async (calls: number, method = 'POST'): Promise<void> => {
  server.use(respond(503))
  const policy = createPolicy({
    name: 'shop',
    idempotencyKey: 'auto',
    strategies: [deadLetters({ queue }), retry({ baseMs: 1 })],
  })
  const send = wrapFetch(policy)
  for (let index = 0; index < calls; index += 1) {
    await send(`${server.url}/orders/${index}?listing=${index}&api_key=planted-5ecret`, {
      method,
      headers: { authorization: 'Bearer planted-5ecret', 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'planted-5ecret' }),
    })
  }
  policy.close()
}

const writeConfig = (): void => {
  writeFileSync(
    path.join(folder, 'holdfast.config.ts'),
    `import { createPolicy, deadline, circuitBreaker } from '${modules}/@holdfast/core/src/index.ts'
const policy = createPolicy({ name: 'shop', strategies: [deadline(), circuitBreaker()] })
export default {
  deadLetters: {
    upstreams: { shop: { origin: '${server.url}', policy, authorize: () => ({ headers: { authorization: 'Bearer fresh' } }) } },
  },
}
`,
  )
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-cli-'))
  server = await createFaultServer({
    script: [respond(503)],
    journal: { headers: ['idempotency-key', 'authorization'] },
  })
  queue = await openSqliteQueue(path.join(folder, db), quiet)
})

afterEach(async () => {
  await queue.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('holdfast dlq', () => {
  it('lists, shows, sends again and clears away', async () => {
    await failCalls(3)
    const list = await run('dlq', 'list')
    expect(list).toMatchObject({ code: 0, stderr: '' })
    expect(list.stdout).toMatch(/^ID +STATUS +UPSTREAM/)
    expect(list.stdout).toContain('POST /orders/1?listing=[redacted]')
    expect(list.stdout).not.toContain('\u001b')
    const [first, second] = await queue.list()

    const show = await run('dlq', 'show', first!.id)
    expect(show.stdout).toContain('leftOut         ["query api_key"]')
    expect(show.stdout).toContain('body            29 bytes')
    expect(show.stdout).toContain('path            /orders/0?listing=[redacted]')
    expect(show.stdout).not.toContain(first!.idempotencyKey)

    writeConfig()
    server.use(json({ ok: true }))
    const one = await run('dlq', 'replay', first!.id, '--yes')
    expect(one).toMatchObject({ code: 0, stdout: `${first!.id}  replayed, 200\n1 of 1 replayed.\n` })
    const sent = server.journal.entries.at(-1)!
    expect(sent.headers).toEqual({ 'idempotency-key': first!.idempotencyKey, authorization: 'Bearer fresh' })

    expect(await run('dlq', 'park', second!.id, '--reason', 'wait', '-y')).toMatchObject({
      code: 0,
      stdout: '1 parked.\n',
    })
    expect((await run('dlq', 'stats', '--max-parked', '0')).code).toBe(1)
    expect((await run('dlq', 'stats', '--max-parked', '1', '--check')).stdout).toContain('integrity: ok')
    const rest = await run('dlq', 'replay', '--upstream', 'shop', '--rate', '50', '-y')
    expect(rest.stdout).toContain('1 of 1 replayed.')
    const parked = await run('dlq', 'replay', '--status', 'parked', '-y')
    expect(parked.stdout).toContain('1 of 1 replayed.')
    expect(await run('dlq', 'vacuum', '-y')).toMatchObject({ code: 0, stdout: '3 removed.\n' })
    expect((await run('dlq', 'list')).stdout).toBe('No letters.\n')
  })

  it('exports letters without bodies, and with them when told to, into a file of its owner', async () => {
    await failCalls(2)
    const lines = (await run('dlq', 'export')).stdout.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { method: 'POST', bodyBytes: 29 },
      { upstream: 'shop' },
    ])
    expect((await run('dlq', 'export', '--with-bodies', '--output', 'out.ndjson')).code).toBe(0)
    const file = path.join(folder, 'out.ndjson')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const [exported] = readFileSync(file, 'utf8').split('\n')
    expect(Buffer.from((JSON.parse(exported!) as { bodyBase64: string }).bodyBase64, 'base64').toString()).toContain(
      'password',
    )
    const again = await run('dlq', 'export', '--output', 'out.ndjson')
    expect([again.code, again.stderr]).toEqual([
      2,
      expect.stringContaining('out.ndjson cannot be made: it exists already, and nothing is written over.'),
    ])
    const nowhere = await run('dlq', 'export', '--output', 'nowhere/out.ndjson')
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('its folder does not exist')])
  })

  it('shows no planted secret anywhere', async () => {
    await failCalls(2)
    const [first] = await queue.list()
    const outputs = await Promise.all([
      run('dlq', 'list'),
      run('dlq', 'list', '--json'),
      run('dlq', 'show', first!.id),
      run('dlq', 'show', first!.id, '--json'),
      run('dlq', 'stats', '--json'),
      run('dlq', 'export'),
      holdfast(['dlq', 'list', '--db', 'postgres://user:planted-5ecret@127.0.0.1:1/x'], { folder }),
      holdfast(['dlq', 'list'], {
        folder,
        environment: { HOLDFAST_DLQ: 'postgres://user:planted-5ecret@127.0.0.1:1/x' },
      }),
    ])
    expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 2, 3])
    for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain('planted-5ecret')
    // The body alone may be asked for.
    expect((await run('dlq', 'show', first!.id, '--body')).stdout).toContain('planted-5ecret')
  })

  it('says what it needs and exits with 2', async () => {
    await failCalls(1)
    const [letter] = await queue.list()
    const wrong: readonly (readonly [args: string[], says: string])[] = [
      [['dlq', 'discard', '-y'], 'which letters?'],
      [['dlq', 'discard', '--all'], 'add --yes'],
      [['dlq', 'replay', letter!.id, '-y'], 'holdfast.config.ts'],
      [['dlq', 'show', 'nobody'], 'there is no letter nobody'],
      [['dlq', 'list', '--db', 'missing.db'], 'there is no file'],
      [['dlq', 'list', '--limit', 'many'], 'an integer of 1 or more'],
      [['dlq', 'list', '--status', 'lost'], 'Allowed choices are open, replayed, parked, discarded'],
      [['dlq', 'lst'], "unknown command 'lst'"],
      [['dlq', 'list', '--config', 'missing.ts'], 'missing.ts'],
    ]
    const results = await Promise.all(wrong.map(([args]) => run(...args)))
    results.forEach(({ code, stderr }, at) => {
      expect(stderr).toContain(wrong[at]![1])
      expect(code).toBe(2)
    })
    expect((await queue.stats()).byStatus.open).toBe(1)
    const later = await run('dlq', 'replay', letter!.id, '--later', '-y')
    expect(later).toMatchObject({ code: 0, stdout: '1 due now.\n' })
  })

  it('helps with examples', async () => {
    for (const args of [['--help'], ['dlq', '--help'], ['dlq', 'replay', '--help']]) {
      const { code, stdout } = await run(...args)
      expect(code).toBe(0)
      expect(stdout).toContain('Usage: holdfast')
      if (args.length > 1) expect(stdout).toMatch(/Examples?:\n {2}holdfast dlq/)
    }
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('says what is wrong with the file and exits with 3', async () => {
    writeFileSync(path.join(folder, 'text.db'), 'not a database, but long enough to be taken for one '.repeat(50))
    const { code, stderr } = await run('dlq', 'stats', '--db', 'text.db')
    expect(stderr).toMatch(/^holdfast: corrupt: the file ".*text\.db" is no SQLite database/)
    expect(code).toBe(3)
    expect(readFileSync(path.join(folder, 'text.db'), 'utf8')).toContain('not a database')
  })
})
