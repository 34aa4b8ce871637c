import { runJsonProcess } from '../../json-process.ts'
import { LOOPBACK_CLIENTS, type LoopbackClient } from './loopback-clients.ts'
import { type LoopbackFigures, type LoopbackScenario, loopbackScenarios } from './loopback-scenario.ts'

// A client and its server use a quarter of a core at 280 requests a second, in a retry storm about one.
const AT_ONCE = 2

/** One client over real HTTP, by scenario. */
export interface LoopbackRow {
  readonly name: string
  readonly label: string
  readonly figures: Readonly<Record<LoopbackScenario['name'], LoopbackFigures>>
}

const measure = (client: LoopbackClient, scenario: LoopbackScenario): Promise<LoopbackFigures> =>
  runJsonProcess({
    script: new URL('./client-process.ts', import.meta.url),
    args: [client.name, JSON.stringify(scenario)],
    nodeOptions: ['--conditions=@holdfast/source'],
    timeoutMs: scenario.endMs + 60_000,
  })

/** Ours and the peers over HTTP on 127.0.0.1; about ten minutes, with `isQuick` two. */
export const runLoopback = async (
  isQuick: boolean,
  progress: (what: string) => void,
): Promise<readonly LoopbackRow[]> => {
  const clients = LOOPBACK_CLIENTS.filter((client) => !isQuick || client.isQuick === true)
  const jobs = loopbackScenarios(isQuick).flatMap((scenario) => clients.map((client) => ({ scenario, client })))
  const figures = new Map<string, Partial<Record<LoopbackScenario['name'], LoopbackFigures>>>(
    clients.map(({ name }) => [name, {}]),
  )
  const total = jobs.length
  const workOff = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      progress(`loopback ${job.scenario.name}, ${job.client.label} (${total - jobs.length}/${total})`)
      const row = figures.get(job.client.name)
      if (row !== undefined) row[job.scenario.name] = await measure(job.client, job.scenario)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, workOff))
  return clients.map(({ name, label }) => ({ name, label, figures: figures.get(name) as LoopbackRow['figures'] }))
}
