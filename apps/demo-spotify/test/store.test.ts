import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { explain } from '../src/messages/explain.ts'
import { MIGRATIONS, openDatabase, openStore } from '../src/store/index.ts'
import { temporaryFolder } from './stage.ts'

const open = (path: string): unknown => {
  try {
    openDatabase(path).close()
    return undefined
  } catch (error) {
    return error
  }
}

test('an older database is backed up, lifted, and keeps its data', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'time-machine.db')
  const old = new DatabaseSync(path)
  old.exec(MIGRATIONS[0]!)
  old.exec(
    "PRAGMA application_id = 1212568653; PRAGMA user_version = 1; INSERT INTO part VALUES ('2026-01', 'tracks-short_term', 'complete', '[]', '[]', 1, 'x')",
  )
  old.close()
  const store = openStore(path)
  expect(store.snapshots.months()).toEqual(['2026-01'])
  expect(store.limits.read()).toBeUndefined()
  expect(store.database.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length })
  store.close()
  const [backup, ...more] = readdirSync(join(folder, 'backups'))
  expect(more).toEqual([])
  expect(backup).toMatch(/^time-machine-v1-/)
  const copy = new DatabaseSync(join(folder, 'backups', backup!))
  expect(copy.prepare('SELECT month FROM part').get()).toEqual({ month: '2026-01' })
  copy.close()
  openStore(path).close()
  expect(readdirSync(join(folder, 'backups'))).toHaveLength(1)
})

test('a newer database is refused and left as it is', () => {
  const path = join(temporaryFolder(), 'time-machine.db')
  openStore(path).close()
  const newer = new DatabaseSync(path)
  newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`)
  newer.close()
  const message = explain(open(path))
  expect(message.what).toContain('newer version')
  expect(message.todo).toContain('backups')
  const after = new DatabaseSync(path)
  expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length + 1 })
  after.close()
})

test('a file that is no database, and one that is damaged, say so and what to do', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'time-machine.db')
  writeFileSync(path, 'x'.repeat(5_000))
  expect(explain(open(path)).what).toBe('The database is damaged.')
  expect(existsSync(path)).toBe(true)
})

test('a transaction that fails half-way leaves what was there', () => {
  const store = openStore(':memory:')
  const item = { id: 'a', kind: 'track' as const, uri: 'spotify:track:a', name: 'A', artists: 'B', imageUrl: undefined }
  const part = {
    month: '2026-01',
    part: 'tracks-short_term',
    status: 'complete' as const,
    reasons: [],
    flags: [],
    takenAtMs: 1,
    runId: 'r',
  }
  store.snapshots.savePart(part, [item])
  expect(() =>
    store.snapshots.savePart(part, [
      { ...item, id: 'b' },
      { ...item, id: 'b' },
    ]),
  ).toThrow('UNIQUE')
  expect(store.snapshots.ranks('tracks-short_term').map(({ id }) => id)).toEqual(['a'])
  store.snapshots.noteHole({ ...part, status: 'failed' })
  expect(store.snapshots.parts()[0]?.status).toBe('complete')
  store.close()
})
