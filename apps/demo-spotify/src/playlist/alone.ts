import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConflictError } from '@holdfast/core/service-errors'
import { whenUnlocked, type Store } from '../store/index.ts'

const LEASE = 'playlist'
const POLL_MS = 100
const OTHER_RUN_WAIT_MS = 60_000

/** Does the work as the only process at it: writes to one playlist must not overlap (web-api#1175). */
export const alone = async <Result>(store: Store, work: () => Promise<Result>): Promise<Result> => {
  const owner = randomUUID()
  const startedMs = performance.now()
  while (!(await whenUnlocked(() => store.runs.acquire(LEASE, owner)))) {
    if (performance.now() - startedMs > OTHER_RUN_WAIT_MS) {
      throw new ConflictError({ upstream: 'time machine', operation: 'playlist', details: { problem: 'other-run' } })
    }
    await sleep(POLL_MS)
  }
  try {
    return await work()
  } finally {
    await whenUnlocked(() => store.runs.release(LEASE, owner))
  }
}
