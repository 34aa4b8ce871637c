import { setTimeout as wait } from 'node:timers/promises'

/** Heap in use after everything that can be collected is. */
export const settledHeapBytes = async (): Promise<number> => {
  // Finalizers and listeners that go with the collection of their target run in later turns.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.()
    await wait(10)
  }
  return process.memoryUsage().heapUsed
}
