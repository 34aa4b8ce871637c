import { GCProfiler } from 'node:v8'

/** One call under measurement. */
export type Run = () => Promise<unknown>

const block = async (run: Run, calls: number): Promise<void> => {
  for (let call = 0; call < calls; call += 1) await run()
}

/** CPU time of the whole process, garbage collector and compiler threads included, nanoseconds. */
const cpuNs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) * 1_000
}

const collectYoung = (): void => {
  globalThis.gc?.({ type: 'minor' })
}

const collectAll = (): void => {
  globalThis.gc?.()
  globalThis.gc?.()
}

/**
 * Runs until the optimising compiler has settled; returns how many calls fill `blockMs`.
 *
 * Both times are CPU time: on a busy machine the same wall time holds fewer calls.
 */
export const warmUp = async (run: Run, warmUpMs: number, blockMs: number): Promise<number> => {
  const began = process.cpuUsage()
  let calls = 64
  for (;;) {
    const since = process.cpuUsage()
    await block(run, calls)
    const tookMs = cpuNs(since) / 1e6
    if (cpuNs(began) / 1e6 >= warmUpMs && tookMs > 1) return Math.max(1, Math.round((calls * blockMs) / tookMs))
    if (tookMs < blockMs / 2) calls *= 2
    // Timers that the calls left behind get their turn, as they would in a server.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** CPU nanoseconds a call over one block of calls that starts with an empty nursery. */
export const cpuNsPerCall = async (run: Run, calls: number): Promise<number> => {
  collectYoung()
  const since = process.cpuUsage()
  await block(run, calls)
  return cpuNs(since) / calls
}

/**
 * Bytes allocated on the V8 heap per call, garbage included.
 *
 * Needs a nursery larger than the block allocates: a window in which the collector ran says nothing, so it is tried
 * again with half the calls.
 */
export const heapBytesPerCall = async (run: Run, calls: number): Promise<number> => {
  for (let tried = calls; tried >= 16; tried = Math.floor(tried / 2)) {
    collectAll()
    const profiler = new GCProfiler()
    profiler.start()
    const beforeBytes = process.memoryUsage().heapUsed
    await block(run, tried)
    const afterBytes = process.memoryUsage().heapUsed
    if (profiler.stop().statistics.length === 0) return (afterBytes - beforeBytes) / tried
  }
  throw new Error('The garbage collector ran in every window; the nursery is too small for this case.')
}
