import { type ClientName, clientNames } from '../clients/client-name.ts'
import { dayScenarios } from '../day-schedule/day-scenarios.ts'
import { measureDay } from './measure.ts'
import { runDay } from './run-day.ts'
import type { DayMessage } from './run-in-process.ts'

// Entry of the child processes: one day with one client, told by arguments; figures and progress go to the parent.
const [clientArgument, scenarioArgument = '', seedArgument] = process.argv.slice(2)
const client = clientNames.find((name): name is ClientName => name === clientArgument)
const scenario = dayScenarios.get(scenarioArgument)
if (client === undefined || scenario === undefined || process.send === undefined) {
  throw new TypeError('day-process.ts is started by the demo with CLIENT SCENARIO SEED; run "pnpm demo" instead')
}

const send = (message: DayMessage): void => {
  process.send?.(message)
}

// Without a parent nobody waits for the figures.
process.once('disconnect', () => process.exit(1))

const record = await runDay(client, scenario, Number(seedArgument), (progress) => {
  send({ kind: 'progress', progress })
})
process.removeAllListeners('disconnect')
process.send({ kind: 'figures', figures: measureDay(record) } satisfies DayMessage, () => {
  process.disconnect()
})
