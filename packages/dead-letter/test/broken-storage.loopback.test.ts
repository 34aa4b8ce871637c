import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import type { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { createPolicy, retry, wrapFetch } from '@holdfast/core'
import { deadLetters, Replayer, type DeadLetterSink } from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { createFaultServer, respond } from '@holdfast/fault-server'
import { describe, expect, it, vi } from 'vitest'
import { letter } from './letters.ts'
import { temporaryFolder } from './temporary-folder.ts'

const { DatabaseSync: Database } = createRequire(import.meta.url)('node:sqlite') as {
  DatabaseSync: new (file: string) => DatabaseSync
}
const folder = temporaryFolder()
const quiet = { onWarning: () => undefined }
const fileOf = (name: string): string => path.join(folder, name)

/** What a caller sees and hears when the queue of its policy cannot take the letter. */
const callWith = async (queue: DeadLetterSink, options: { writeTimeoutMs?: number } = {}) => {
  const server = await createFaultServer({ script: [respond(503, { headers: { 'x-cause': 'overloaded' } })] })
  const policy = createPolicy({
    name: 'shop',
    strategies: [deadLetters({ queue, ...options }), retry({ maxRetries: 0 })],
  })
  const lost = vi.fn()
  policy.on('dead-letter-lost', lost)
  const response = await wrapFetch(policy)(`${server.url}/orders`, { method: 'POST', body: 'x'.repeat(100_000) })
  policy.close()
  await server.close()
  return {
    status: response.status,
    cause: response.headers.get('x-cause'),
    lost: lost.mock.calls.map(([event]) => event as { reason: string; detail: string }),
  }
}

const unchanged = { status: 503, cause: 'overloaded' }

describe('storage that fails', () => {
  it('full: says so, keeps what it has and leaves the failure of the call as it was', async () => {
    const queue = await openSqliteQueue(fileOf('full.db'), { ...quiet, maxFileBytes: 400_000 })
    const before = letter({ body: new Uint8Array(100_000) })
    await queue.add(before)
    const error = await Promise.all([1, 2, 3, 4].map(() => queue.add(letter({ body: new Uint8Array(100_000) })))).catch(
      (failure: unknown) => failure,
    )
    expect(error).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/^disk-full: the file ".*full\.db" cannot grow.*maxFileBytes/),
    })
    expect((error as Error).cause).toMatchObject({ errcode: 13 })
    expect(await callWith(queue)).toMatchObject({ ...unchanged, lost: [{ reason: 'disk-full' }] })
    expect(await queue.get(before.id)).toMatchObject({ id: before.id })
    expect(await queue.check()).toBe('ok')
    await queue.close()
    const larger = await openSqliteQueue(fileOf('full.db'), { ...quiet, maxFileBytes: 4_000_000 })
    await larger.add(letter({ body: new Uint8Array(100_000) }))
    await larger.close()
  })

  it.skipIf(process.getuid?.() !== 0)('full disk of a real file system: the same', async () => {
    const mount = fileOf('small-disk')
    mkdirSync(mount)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', mount])
    // Containers often may not.
    if (mounted.status !== 0) return
    try {
      const queue = await openSqliteQueue(path.join(mount, 'letters.db'), quiet)
      let kept = 0
      const error = await (async () => {
        for (; kept < 50; kept += 1) await queue.add(letter({ body: new Uint8Array(50_000) }))
        return undefined
      })().catch((failure: unknown) => failure)
      expect(error).toMatchObject({ code: 'disk-full' })
      expect(kept).toBeGreaterThan(0)
      expect((await queue.stats()).byStatus.open).toBe(kept)
      expect(await callWith(queue)).toMatchObject({ ...unchanged, lost: [{ reason: 'disk-full' }] })
      expect(await queue.check()).toBe('ok')
      await queue.close()
    } finally {
      execFileSync('umount', [mount])
    }
  })

  it('read-only: says which file, and the replayer tells that it cannot go on', async () => {
    const file = fileOf('read-only.db')
    const queue = await openSqliteQueue(file, quiet)
    await queue.add(letter())
    const bytes = readFileSync(file)
    // What a mount without write permission does to an open file; a root user is stopped by nothing less.
    const blocker = new Database(file)
    blocker.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON holdfast_dead_letters BEGIN SELECT RAISE(ABORT, 'x'); END; DROP TRIGGER refuse",
    )
    blocker.close()
    await queue.close()
    expect(bytes.length).toBeGreaterThan(0)
    chmodSync(file, 0o444)
    chmodSync(folder, 0o755)
    const program = `import { openSqliteQueue } from ${JSON.stringify(new URL('../src/sqlite/index.ts', import.meta.url).href)}
      try { await openSqliteQueue(${JSON.stringify(file)}, { onWarning() {} }); console.log('opened') } catch (error) { console.log(error.code, error.message) }`
    const output = execFileSync(
      process.execPath,
      ['--conditions=@holdfast/source', '--no-warnings', '--input-type=module', '--eval', program],
      {
        encoding: 'utf8',
        ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
      },
    )
    expect(output).toMatch(/^read-only read-only: the file ".*read-only\.db" cannot be written\. Check the owner/)
    chmodSync(file, 0o600)
    const again = await openSqliteQueue(file, quiet)
    expect((await again.stats()).byStatus.open).toBe(1)
    await again.close()
  })

  it('corrupt: says so when it is opened or first read, and changes nothing', async () => {
    const text = fileOf('text.db')
    writeFileSync(text, 'this is a letter to nobody '.repeat(100))
    await expect(openSqliteQueue(text, quiet)).rejects.toMatchObject({ code: 'corrupt' })
    expect(readFileSync(text, 'utf8')).toBe('this is a letter to nobody '.repeat(100))

    const damaged = fileOf('damaged.db')
    const queue = await openSqliteQueue(damaged, quiet)
    for (let index = 0; index < 50; index += 1) await queue.add(letter({ body: new Uint8Array(5_000) }))
    await queue.close()
    truncateSync(damaged, Math.floor(statSync(damaged).size / 2))
    const reopened = await openSqliteQueue(damaged, quiet).catch((error: unknown) => error as { code: string })
    if ('code' in reopened) expect(reopened.code).toBe('corrupt')
    else {
      expect(await callWith(reopened)).toMatchObject(unchanged)
      await expect(reopened.list({ limit: 1_000 })).rejects.toMatchObject({ code: 'corrupt' })
      await reopened.close()
    }
  })

  it('of a newer version: is left alone', async () => {
    const file = fileOf('newer.db')
    const queue = await openSqliteQueue(file, quiet)
    await queue.add(letter())
    await queue.close()
    const database = new Database(file)
    database.exec('PRAGMA user_version = 2')
    database.close()
    const copy = fileOf('newer-copy.db')
    copyFileSync(file, copy)
    await expect(openSqliteQueue(file, quiet)).rejects.toMatchObject({
      code: 'newer-schema',
      message: expect.stringContaining(
        'has schema version 2, and this package knows versions up to 1. Nothing was changed.',
      ),
    })
    const kept = new Database(file)
    expect(kept.prepare('SELECT count(*) AS letters FROM holdfast_dead_letters').get()).toEqual({ letters: 1 })
    kept.close()
  })

  it('in a folder that is missing or in place of a file: says so', async () => {
    await expect(openSqliteQueue(fileOf('missing/letters.db'), quiet)).rejects.toMatchObject({ code: 'cannot-open' })
    await expect(openSqliteQueue(folder, quiet)).rejects.toMatchObject({ code: 'cannot-open' })
    await expect(openSqliteQueue('', quiet)).rejects.toThrow('the path of the file must be given')
  })

  it('locked for longer than anybody waits: says so without blocking the process', async () => {
    const file = fileOf('locked.db')
    const queue = await openSqliteQueue(file, { ...quiet, random: () => 0.01 })
    const blocker = new Database(file)
    blocker.exec('BEGIN IMMEDIATE')
    let ticks = 0
    const ticking = setInterval(() => (ticks += 1), 5)
    await expect(queue.add(letter())).rejects.toMatchObject({ code: 'locked' })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(3)
    blocker.exec('ROLLBACK')
    blocker.close()
    await queue.add(letter())
    await queue.close()
    await expect(queue.add(letter())).rejects.toMatchObject({ code: 'closed' })
  })

  it('that does not answer: the caller waits no longer than it was told to', async () => {
    const result = await callWith({ add: () => new Promise(() => undefined) }, { writeTimeoutMs: 20 })
    expect(result).toMatchObject({ ...unchanged, lost: [{ reason: 'unconfirmed' }] })
    const thrown = await callWith({
      add: () => {
        throw new Error('password=planted-5ecret')
      },
    })
    expect(thrown).toMatchObject({ ...unchanged, lost: [{ reason: 'write-failed', detail: 'Error' }] })
  })

  it('that is full by its own caps: refuses what is new, after done letters have made room', async () => {
    const queue = await openSqliteQueue(':memory:', { ...quiet, maxRows: 3 })
    const letters = [letter(), letter(), letter()]
    for (const one of letters) await queue.add(one)
    await expect(queue.add(letter())).rejects.toMatchObject({
      code: 'queue-full',
      message: expect.stringContaining('"maxRows" (3)'),
    })
    expect(await callWith(queue)).toMatchObject({ ...unchanged, lost: [{ reason: 'queue-full' }] })
    await queue.discard({ ids: [letters[0]!.id] })
    await queue.add(letter())
    expect((await queue.stats()).byStatus).toEqual({ open: 3, replayed: 0, parked: 0, discarded: 0 })
    await queue.close()
    const small = await openSqliteQueue(':memory:', { ...quiet, maxBytes: 1_000 })
    await expect(small.add(letter({ body: new Uint8Array(1_001) }))).rejects.toMatchObject({ code: 'queue-full' })
    await small.close()
  })
})

describe('two builds of SQLite on one file', () => {
  it('are told of, and lose nothing', async () => {
    const file = fileOf('two-builds.db')
    const queue = await openSqliteQueue(file, quiet)
    const program = `import { openSqliteQueue } from ${JSON.stringify(new URL('../src/sqlite/index.ts', import.meta.url).href)}
      import { letter } from ${JSON.stringify(new URL('./letters.ts', import.meta.url).href)}
      const warnings = []
      const queue = await openSqliteQueue(${JSON.stringify(file)}, { onWarning: (text) => warnings.push(text) })
      for (let index = 0; index < 100; index += 1) await queue.add(letter())
      console.log(JSON.stringify({ warnings, sqlite: process.versions['sqlite'] }))
      await queue.close()`
    const node22 = fileURLToPath(new URL('../node_modules/node22/bin/node', import.meta.url))
    const args = ['--conditions=@holdfast/source', '--no-warnings', '--input-type=module', '--eval', program]
    const writing = import('node:child_process').then(
      ({ execFile }) =>
        new Promise<string>((resolve, reject) => {
          execFile(
            node22,
            ['--experimental-strip-types', ...args],
            { encoding: 'utf8', cwd: import.meta.dirname },
            (error, stdout) => {
              if (error === null) resolve(stdout)
              else reject(error)
            },
          )
        }),
    )
    for (let index = 0; index < 100; index += 1) {
      await queue.add(letter())
      if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const told = JSON.parse(await writing) as { warnings: string[]; sqlite: string }
    expect(told.sqlite).not.toBe(process.versions['sqlite'])
    expect(told.warnings.join('\n')).toContain(`is open in another process with SQLite ${process.versions['sqlite']!}`)
    expect((await queue.stats()).byStatus.open).toBe(200)
    expect(await queue.check()).toBe('ok')
    await queue.close()
  })

  it('are no matter where the file is memory', async () => {
    const warnings: string[] = []
    const queue = await openSqliteQueue(':memory:', { onWarning: (text) => warnings.push(text) })
    await queue.add(letter())
    await queue.close()
    expect(warnings).toEqual([])
  })
})

it('the replayer tells of a queue that fails and goes on', async () => {
  const queue = await openSqliteQueue(':memory:', quiet)
  const policy = createPolicy({ name: 'shop', strategies: [] })
  const failed = vi.fn()
  const claim = vi.fn().mockRejectedValueOnce(new Error('gone')).mockResolvedValue(undefined)
  const broken = { claim, removeExpired: queue.removeExpired.bind(queue) } as unknown as typeof queue
  const upstreams = { shop: { origin: 'https://api.example', policy } }
  const replayer = new Replayer({ queue: broken, upstreams, pollMs: 5, onEvent: failed })
  replayer.start()
  await vi.waitFor(() => expect(claim.mock.calls.length).toBeGreaterThan(2))
  await replayer.stop()
  expect(failed.mock.calls.map(([event]) => (event as { type: string }).type)).toEqual(['queue-failed'])
  policy.close()
  await queue.close()
})
