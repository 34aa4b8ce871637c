import { performance } from 'node:perf_hooks'
import { afterEach, beforeEach } from 'vitest'

const SLOWEST_UNIT_TEST_MS = 1_000

// Taken before a test can install fake timers, which would replace them.
const eventLoop = performance.eventLoopUtilization.bind(performance)
// Since Node 23.9; the declarations are those of the oldest Node we publish for.
const node = process as NodeJS.Process & { threadCpuUsage: NodeJS.Process['cpuUsage'] }
const threadCpuUsage = node.threadCpuUsage.bind(process)

// The time a test used or waited, without the time its thread stood in line for a busy core.
function spentMs(): number {
  const { user, system } = threadCpuUsage()
  return (user + system) / 1_000 + eventLoop().idle
}

const spentBefore = new Map<string, number>()

beforeEach(({ task }) => {
  spentBefore.set(task.id, spentMs())
})

afterEach(({ task }) => {
  const tookMs = spentMs() - (spentBefore.get(task.id) ?? spentMs())
  spentBefore.delete(task.id)
  if (tookMs > SLOWEST_UNIT_TEST_MS) {
    throw new Error(
      `This unit test took ${tookMs.toFixed(0)} ms; the limit is ${SLOWEST_UNIT_TEST_MS} ms. ` +
        'Use the virtual clock, split it, or name the file *.loopback.test.ts (real server) or *.long.test.ts (slow suite).',
    )
  }
})
