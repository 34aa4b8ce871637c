import { parseArgs } from 'node:util'
import { createSimulatedClock } from './clock.ts'
import { randomDay } from './scenario-plan.ts'
import { type ScenarioId, scenarioIds } from './scenario.ts'
import { startSimulator } from './simulator.ts'

const help = `simulator: the Etsy Open API v3 on this machine

  --port N          port on 127.0.0.1, default 4701
  --database FILE   keeps its state there; default: in memory
  --speed N         simulated time runs N times as fast; 1440 makes a day of a minute; default 1
  --listings N      listings to begin with, default 40
  --orders N        paid orders to begin with, default 20
  --scenario IDS    scenarios that strike from now on, such as E1,E15,E19
  --share P         chance of each request, default 0.05
  --seed N          decides which requests, default 1
  --webhooks URL    where webhooks go; the secret is printed`

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least)
    throw new TypeError(`--${name} must be a whole number from ${least}, got "${text}"`)
  return value
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      port: { ...text, default: '4701' },
      database: { ...text, default: ':memory:' },
      speed: { ...text, default: '1' },
      listings: { ...text, default: '40' },
      orders: { ...text, default: '20' },
      scenario: text,
      share: { ...text, default: '0.05' },
      seed: { ...text, default: '1' },
      webhooks: text,
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return
  }
  const wanted = (values.scenario ?? '').split(',').filter((id) => id !== '')
  const unknown = wanted.find((id) => !scenarioIds.includes(id as ScenarioId))
  if (unknown !== undefined) throw new TypeError(`--scenario: there is no scenario "${unknown}"; E1 to E28 exist`)
  const secret = `whsec_${Buffer.from('demo-webhook-secret').toString('base64')}`
  const simulator = await startSimulator({
    port: wholeNumber('port', values.port, 0),
    databaseFile: values.database,
    clock: createSimulatedClock(Number(values.speed)),
    listings: wholeNumber('listings', values.listings, 1),
    orders: wholeNumber('orders', values.orders, 0),
    seed: wholeNumber('seed', values.seed, 0),
    ...(values.webhooks === undefined ? {} : { webhooks: { url: values.webhooks, secret } }),
  })
  for (const injection of randomDay(Number(values.share), wanted as ScenarioId[])) simulator.inject(injection)
  // The credentials of the simulator open nothing but the simulator.
  process.stdout.write(`simulator of the Etsy Open API v3
  API             ${simulator.url}/v3/application
  authorize       ${simulator.url}/oauth/connect
  token           ${simulator.url}/v3/public/oauth/token
  x-api-key       ${simulator.app.keystring}:${simulator.app.sharedSecret}
  shop            ${simulator.identity.shopId} of user ${simulator.identity.userId}
  webhook secret  ${secret}
Stop it with Ctrl+C.\n`)
  process.once('SIGINT', () => void simulator.close())
}

try {
  await main()
} catch (error) {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\nTry --help.\n`)
  process.exitCode = 2
}
