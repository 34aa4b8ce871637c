// Takes from a quota until nothing is left; it is run by two versions of Node at the same time.
import process from 'node:process'
import { sqliteStore } from '../src/sqlite/index.ts'

const store = sqliteStore({ file: process.argv[2] ?? '' })
const quota = { limit: 1_000, windowMs: 3_600_000, bucketMs: 60_000 }
let granted = 0
for (;;) {
  const { granted: given } = await store.reserve('shared', quota, 2)
  granted += given
  if (given === 0) break
  // The other one shall have its turn.
  await new Promise((resolve) => setTimeout(resolve, 1))
}
await store.close()
process.stdout.write(JSON.stringify({ sqlite: process.versions['sqlite'], granted }))
