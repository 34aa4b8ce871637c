import { getEventListeners } from 'node:events'
import { parseArgs } from 'node:util'
import { standardPolicy } from '@holdfast/core'
import { SOAK_CLIENTS } from './soak-clients.ts'

/** What the process looked like after so many calls, garbage collected and nothing under way. */
export interface SoakSample {
  readonly calls: number
  readonly heapBytes: number
  readonly listeners: number
  readonly timers: number
}

export interface SoakReport {
  readonly samples: readonly SoakSample[]
  readonly failures: number
  readonly tookMs: number
  /** From the end of the work to the end of the process. */
  readonly lingeredMs: number
}

const { values } = parseArgs({
  options: {
    client: { type: 'string' },
    url: { type: 'string' },
    calls: { type: 'string' },
    together: { type: 'string' },
    samples: { type: 'string' },
  },
})
const make = SOAK_CLIENTS[values.client ?? '']
if (make === undefined) throw new TypeError(`--client: one of ${Object.keys(SOAK_CLIENTS).join(', ')}`)
const collect = globalThis.gc
if (collect === undefined) throw new TypeError('run with --expose-gc')

const [total, together, parts] = [Number(values.calls), Number(values.together), Number(values.samples)]
// All strategies on; some calls fail once and are tried again. Several times is rare, but not in 100,000 calls.
const policy = standardPolicy({
  name: 'soak',
  retry: { baseMs: 1, maxRetries: 5 },
  rateLimit: { permits: 1_000_000, perMs: 1_000 },
  concurrency: { limit: 1_000 },
})
const call = make(policy, values.url ?? '')
// Never aborted, and alive as long as the process.
const { signal } = new AbortController()

let failures = 0
const run = async (calls: number): Promise<void> => {
  let left = calls
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      if ((await call(signal)) !== 200) failures += 1
    }
  }
  await Promise.all(Array.from({ length: together }, work))
}

const settle = async (): Promise<void> => {
  // Finalisation callbacks of undici run in later turns; each may free something for the next collection.
  for (let round = 0; round < 4; round += 1) {
    await collect({ type: 'major', execution: 'async' })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const sample = async (calls: number): Promise<SoakSample> => {
  await settle()
  return {
    calls,
    heapBytes: process.memoryUsage().heapUsed,
    listeners: getEventListeners(signal, 'abort').length,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  }
}

const startedMs = performance.now()
const samples: SoakSample[] = []
for (let part = 1; part <= parts; part += 1) {
  await run(total / parts)
  samples.push(await sample((part * total) / parts))
}
const endedMs = performance.now()
// No exit is asked for: whatever would keep this process alive has to show.
process.on('exit', () => {
  const report: SoakReport = {
    samples,
    failures,
    tookMs: endedMs - startedMs,
    lingeredMs: performance.now() - endedMs,
  }
  process.stdout.write(JSON.stringify(report))
})
