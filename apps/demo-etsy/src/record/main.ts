import { existsSync, writeFileSync } from 'node:fs'
import { explainToUser } from '@holdfast/core/service-errors'
import { ShopApp } from '../shop-app.ts'
import { startSimulator } from '../simulator/index.ts'
import { readSettings } from '../web/settings.ts'
import { shopSettings } from '../web/start-web.ts'
import { record } from './record.ts'
import { shapeDifferences } from './shape-of.ts'
import { consentInSimulator } from '../simulated-consent.ts'

const file = process.argv[2] ?? 'etsy-shapes.json'

/** The same reads at Etsy and at the simulator. */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const settings = readSettings(process.env)
  if (settings.real === undefined) {
    process.stderr.write(
      'record: it compares Etsy with the simulator and needs ETSY_KEYSTRING and the other settings in .env.\n',
    )
    process.exitCode = 2
    return
  }
  const real = await ShopApp.open(shopSettings(settings, undefined, '', settings.real.ETSY_WEBHOOK_SECRET))
  const simulator = await startSimulator({ orders: 1 })
  const imitation = await ShopApp.open(
    shopSettings({ ...settings, real: undefined }, simulator, 'http://127.0.0.1', 'whsec_AAAA'),
  )
  consentInSimulator(simulator, imitation.tokenStore)
  try {
    const [theirs, ours] = [await record(real.client), await record(imitation.client)]
    writeFileSync(file, `${JSON.stringify(theirs, null, 2)}\n`)
    for (const [index, recording] of theirs.entries()) {
      const differences = shapeDifferences(recording.body, ours[index]?.body ?? 'null')
      process.stdout.write(
        `${recording.operation}: ${differences.length === 0 ? 'as here' : `\n  ${differences.join('\n  ')}`}\n`,
      )
    }
    process.stdout.write(`Shapes without any value were written to ${file}.\n`)
  } catch (error) {
    const { what, todo } = explainToUser(error)
    process.stderr.write(`record: ${what} ${todo}\n`)
    process.exitCode = 1
  } finally {
    await real.close()
    await imitation.close()
    await simulator.close()
  }
}

await main()
