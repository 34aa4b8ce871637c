/** A process that writes rows as fast as it can, for two of them to meet at one file. */
import { DatabaseSync } from 'node:sqlite'
import process from 'node:process'
import { withLockRetry } from '../src/database/retry-database.ts'

const [file = '', writer = '', seconds = ''] = process.argv.slice(2)
const db = new DatabaseSync(file, { timeout: 25 })
const insert = db.prepare('INSERT INTO row VALUES (?, ?)')
const untilMs = performance.now() + Number(seconds) * 1_000
let written = 0
let retries = 0
while (performance.now() < untilMs) {
  await withLockRetry(
    () => {
      db.exec('BEGIN IMMEDIATE')
      try {
        insert.run(Number(writer), written)
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    // SQLite's lock is not fair: beside a writer that never pauses, twenty tries in a row were seen to lose.
    { maxRetries: 200, maxMs: 50, onRetry: () => (retries += 1) },
  )
  written += 1
}
db.close()
process.stdout.write(`writer ${writer}: ${written} rows, ${retries} retries\n`)
process.send?.(written, () => {
  process.disconnect()
})
