import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const node22 = path.join(path.dirname(createRequire(import.meta.url).resolve('node22/package.json')), 'bin', 'node')
const taker = fileURLToPath(new URL('./sqlite-taker.ts', import.meta.url))

// Each build of SQLite has its own code for locks and the log; only the file is common.
test('two builds of SQLite share one file: nothing is lost and nothing is given twice', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-builds-'))
  try {
    const file = path.join(folder, 'limits.db')
    const answers = await Promise.all(
      [process.execPath, node22].map((node) =>
        run(node, ['--no-warnings', '--conditions=@holdfast/source', taker, file], {
          timeout: 20_000,
          encoding: 'utf8',
        }),
      ),
    )
    const results = answers.map(({ stdout }) => JSON.parse(stdout) as { sqlite: string; granted: number })
    expect(new Set(results.map(({ sqlite }) => sqlite)).size).toBe(2)
    expect(results.reduce((sum, { granted }) => sum + granted, 0)).toBe(1_000)
    for (const { granted } of results) expect(granted).toBeGreaterThan(0)
    const database = new DatabaseSync(file)
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(database.prepare('SELECT sum(used) AS used FROM holdfast_quota').get()).toEqual({ used: 1_000 })
    database.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
