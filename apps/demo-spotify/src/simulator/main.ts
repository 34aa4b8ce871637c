import process from 'node:process'
import { parseArgs } from 'node:util'
import { scenarioNames, type ScenarioName } from './scenarios.ts'
import { SIMULATED_CLIENT_ID, startSimulator } from './simulator.ts'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8971' }, scenario: { type: 'string' }, rotating: { type: 'boolean' } },
})

const isScenario = (name: string): name is ScenarioName => (scenarioNames as readonly string[]).includes(name)

if (values.scenario !== undefined && !isScenario(values.scenario)) {
  console.error(`Unknown scenario ${values.scenario}. There are: ${scenarioNames.join(', ')}.`)
  process.exit(2)
}
const simulator = await startSimulator({
  port: Number(values.port),
  refreshMode: values.rotating === true ? 'rotating' : 'kept',
})
if (values.scenario !== undefined) simulator.arm(values.scenario)
console.log(`Simulator of Spotify's accounts service and Web API
  accounts   ${simulator.accountsBase}   (/authorize, /api/token)
  Web API    ${simulator.apiBase}
  client id  ${SIMULATED_CLIENT_ID}
  scenario   ${values.scenario ?? 'none'}   (--scenario S8; there are ${scenarioNames.join(', ')})
Ctrl+C ends it.`)
