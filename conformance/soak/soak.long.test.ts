import { createFaultServer, type FaultServer, json, respond } from '@holdfast/fault-server'
import { describe, expect, test } from 'vitest'
import { NODE_BINARIES, type NodeBinary, runFile } from '../src/node-binaries.ts'
import type { SoakReport, SoakSample } from './soak-process.ts'

const CALLS = 100_000
const TOGETHER = 16
const SAMPLES = 10
const ONE_FAILS_IN = 50

// A leak of one small object per call would be several times as much. For ky it is what we add: stock ky itself leaves
// about 200 B a call on a long-lived signal.
const MOST_BYTES_PER_CALL = 16
// Sockets that wait for the next request must not hold the process for long.
const LONGEST_EXIT_MS = 5_000

const last = (samples: readonly SoakSample[]): SoakSample => samples.at(-1) as SoakSample

/** Growth by call over the second half of the run, when caches are warm, by least squares. */
const bytesPerCall = (samples: readonly SoakSample[]): number => {
  const half = samples.slice(-Math.ceil(samples.length / 2))
  const mean = (of: (sample: SoakSample) => number): number =>
    half.reduce((sum, sample) => sum + of(sample), 0) / half.length
  const [meanCalls, meanHeap] = [mean(({ calls }) => calls), mean(({ heapBytes }) => heapBytes)]
  const covariance = mean(({ calls, heapBytes }) => (calls - meanCalls) * (heapBytes - meanHeap))
  return covariance / mean(({ calls }) => (calls - meanCalls) ** 2)
}

const megabytes = (bytes: number): string => (bytes / 1_024 ** 2).toFixed(2)

interface Soak extends SoakReport {
  readonly server: FaultServer['connections']
  readonly requests: number
}

const soak = async (client: string): Promise<Soak> => {
  let requests = 0
  const server = await createFaultServer({
    handler: () => {
      requests += 1
      return requests % ONE_FAILS_IN === 0 ? respond(503, { body: 'busy' }) : json({ ok: true })
    },
    journal: { maxEntries: 1 },
  })
  try {
    const args = { client, url: server.url, calls: CALLS, together: TOGETHER, samples: SAMPLES }
    const node = NODE_BINARIES.find(({ version }) => version === '24') as NodeBinary
    const printed = await runFile(node, new URL('soak-process.ts', import.meta.url), {
      flags: ['--expose-gc'],
      args: Object.entries(args).map(([name, value]) => `--${name}=${value}`),
      timeoutMs: 540_000,
    })
    const report = JSON.parse(printed) as SoakReport
    const { samples, tookMs, lingeredMs } = report
    console.log(
      `${client}: ${CALLS} calls in ${(tookMs / 1_000).toFixed(1)} s; ` +
        `heap ${samples.map((each) => megabytes(each.heapBytes)).join(' ')} MB, ` +
        `${bytesPerCall(samples).toFixed(2)} B a call; listeners ${last(samples).listeners}; ` +
        `timers ${last(samples).timers}; connections ${server.connections.peak} at once, ` +
        `${server.connections.total} in all; exit after ${lingeredMs.toFixed(0)} ms; ${requests - CALLS} retries`,
    )
    return { ...report, server: { ...server.connections }, requests }
  } finally {
    await server.close()
  }
}

describe('case 88: a hundred thousand calls with one long-lived signal', () => {
  test.each(['axios http', 'axios fetch', 'fetch', 'ky'])(
    'case 90: %s keeps heap, listeners and sockets flat, and exits',
    async (client) => {
      const { samples, failures, lingeredMs, requests, server } = await soak(client)
      const stockBytes = client === 'ky' ? bytesPerCall((await soak('stock ky')).samples) : 0
      const { heapBytes, timers } = last(samples)
      expect(failures).toBe(0)
      expect(requests).toBeGreaterThan(CALLS + CALLS / ONE_FAILS_IN / 2)
      expect(bytesPerCall(samples) - stockBytes).toBeLessThan(MOST_BYTES_PER_CALL)
      expect(heapBytes).toBeLessThan(64 * 1_024 ** 2)
      expect(samples.map((each) => each.listeners)).toEqual(Array(SAMPLES).fill(0))
      expect(timers).toBeLessThanOrEqual((samples[0] as SoakSample).timers + 2)
      expect(server.peak).toBeLessThanOrEqual(TOGETHER * 2)
      expect(server.total).toBeLessThanOrEqual(TOGETHER * 4)
      expect(lingeredMs).toBeLessThan(LONGEST_EXIT_MS)
    },
    1_200_000,
  )
})
