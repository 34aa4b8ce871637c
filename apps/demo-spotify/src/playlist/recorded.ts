import { randomUUID } from 'node:crypto'
import { toServiceError } from '@holdfast/core/service-errors'
import { whenUnlocked, type Store } from '../store/index.ts'

export interface RecordedWork<Result> {
  readonly work: () => Promise<Result>
  readonly summarise: (result: Result) => string
}

/** Does the work as a run of its own: one that failed or was killed counts as owed until another of its month succeeds. */
export const recorded = async <Result>(
  { store, now = Date.now }: { readonly store: Store; readonly now?: () => number },
  month: string,
  { work, summarise }: RecordedWork<Result>,
): Promise<Result> => {
  const id = randomUUID()
  const end = (outcome: string, summary: string): Promise<void> =>
    whenUnlocked(() => store.runs.end(id, now(), outcome, summary))
  await whenUnlocked(() => store.runs.start({ id, kind: 'playlist', month, startedAtMs: now() }))
  try {
    const result = await work()
    await end('complete', summarise(result))
    return result
  } catch (failure) {
    const { code, status } = toServiceError(failure, { upstream: 'spotify', operation: 'playlist' })
    await end('failed', status === undefined ? code : `${code} (${status})`)
    throw failure
  }
}
