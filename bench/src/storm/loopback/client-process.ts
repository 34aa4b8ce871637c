import { once } from 'node:events'
import { createTestRandom } from '@holdfast/core/testing'
import { CallLog } from '../call-log.ts'
import { exponentialMs } from '../fifo-server.ts'
import { startChildServer } from '../../child-server.ts'
import { LOOPBACK_CLIENTS, type Get } from './loopback-clients.ts'
import type { LoopbackFigures, LoopbackScenario } from './loopback-scenario.ts'

/*
 * The client process of one loopback scenario: an open loop of Poisson arrivals against a server in another process.
 * What is still under way a moment after the last call counts as failed.
 */

const DRAIN_MS = 3_000

const [name, json] = process.argv.slice(2)
const scenario = JSON.parse(json ?? 'null') as LoopbackScenario
const kind = LOOPBACK_CLIENTS.find((client) => client.name === name)
if (kind === undefined) throw new Error(`unknown client "${name ?? ''}"`)

const server = await startChildServer(new URL('./storm-server.ts', import.meta.url), [JSON.stringify(scenario)])
const clients: Get[] = []
for (let index = 0; index < scenario.clients; index += 1) clients.push(await kind.create(scenario))

const random = createTestRandom(scenario.seed + 1)
const zeroMs = performance.timeOrigin + performance.now()
server.process.send({ start: zeroMs })
const now = (): number => performance.timeOrigin + performance.now() - zeroMs
const log = new CallLog(now)

let calls = 0
const begin = (): void => {
  const get = clients[Math.floor(random() * clients.length)]
  const handle = log.begin()
  get?.(`${server.url}/${calls}`).then(
    () => {
      handle.succeeded()
    },
    () => undefined,
  )
  calls += 1
}

const load = async (): Promise<void> => {
  const gapMs = 1_000 / scenario.callsPerSecond
  let nextMs = exponentialMs(gapMs, random)
  while (nextMs < scenario.endMs) {
    const waitMs = nextMs - now()
    // Arrivals that a late timer missed are made up for, so the rate holds.
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    begin()
    nextMs += exponentialMs(gapMs, random)
  }
}

await load()
await new Promise((resolve) => setTimeout(resolve, DRAIN_MS))
const reported = once(server.process, 'message')
server.process.send('report')
const [journal] = (await reported) as [readonly (readonly [call: number, atMs: number])[]]
for (const [call, atMs] of journal) log.noteRequest(call, atMs)

const { outage, endMs } = scenario
const inOutage = outage === undefined ? undefined : log.summary(outage.fromMs, outage.untilMs)
// The blackout set-up ends with its outage: there, the calls of the outage are what is counted.
const {
  calls: counted,
  rejected,
  requests,
  successes,
} = (scenario.name === 'blackout' ? inOutage : undefined) ?? log.summary(0, Infinity)
const recoveryMs = outage === undefined ? Infinity : log.recoveryMs(outage.untilMs, endMs)
const figures: LoopbackFigures = {
  calls: counted,
  rejected,
  requests,
  successes,
  outageLoad: inOutage === undefined ? null : inOutage.requests / inOutage.calls,
  recoveryMs: Number.isFinite(recoveryMs) ? recoveryMs : null,
  watchedMs: outage === undefined ? 0 : endMs - outage.untilMs,
}
await server.close()
// Retries of the last calls may still sleep; nobody waits for them.
process.stdout.write(JSON.stringify(figures), () => process.exit(0))
