import type { EngineBuild } from '../engine-build.ts'
import { runJsonProcess } from '../json-process.ts'
import type { Task, TaskResult } from './task.ts'

// The heap is read between two collections, so the nursery must hold all that a block of calls allocates.
const HEAP_NURSERY_MB = 256
const LONGEST_TASK_MS = 120_000

/**
 * Runs a task in a fresh Node process.
 *
 * CPU is measured with the settings applications run with; only `gc` is exposed. The large nursery of the heap tasks
 * would slow calls down by page faults.
 */
export const runTask = (task: Task, build: EngineBuild): Promise<TaskResult> => {
  const nursery = [`--min-semi-space-size=${HEAP_NURSERY_MB}`, `--max-semi-space-size=${HEAP_NURSERY_MB}`]
  return runJsonProcess({
    script: new URL('./worker.ts', import.meta.url),
    args: [JSON.stringify(task)],
    nodeOptions: [...build.nodeOptions, '--expose-gc', ...(task.kind === 'heap' ? nursery : [])],
    timeoutMs: LONGEST_TASK_MS,
  })
}
