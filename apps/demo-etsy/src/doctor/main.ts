import { existsSync } from 'node:fs'
import { isServiceError } from '@holdfast/core/service-errors'
import { ShopApp } from '../shop-app.ts'
import { startSimulator } from '../simulator/index.ts'
import { readSettings } from '../web/settings.ts'
import { shopSettings } from '../web/start-web.ts'
import { type Check, examine } from './checks.ts'
import { consentInSimulator } from '../simulated-consent.ts'

const isJson = process.argv.includes('--json')

function report(checks: readonly Check[]): void {
  if (isJson)
    process.stdout.write(`${JSON.stringify({ isGood: checks.every((check) => check.isGood), checks }, null, 2)}\n`)
  else {
    for (const { name, isGood, what, why, todo } of checks) {
      process.stdout.write(`${isGood ? 'good' : 'BAD '}  ${name.padEnd(8)}  ${what}\n`)
      if (!isGood) process.stdout.write(`      why       ${why ?? ''}\n      do        ${todo ?? ''}\n`)
    }
  }
  process.exitCode = checks.every((check) => check.isGood) ? 0 : 1
}

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const settings = readSettings(process.env)
  const simulator = settings.real === undefined ? await startSimulator() : undefined
  const app = await ShopApp.open(
    shopSettings(settings, simulator, 'http://127.0.0.1:4700', settings.real?.ETSY_WEBHOOK_SECRET ?? 'whsec_AAAA'),
  )
  if (simulator !== undefined) {
    if (!isJson) process.stdout.write('No credentials in .env: examining the simulator.\n')
    consentInSimulator(simulator, app.tokenStore)
  }
  report(await examine(app))
  await app.close()
  await simulator?.close()
}

try {
  await main()
} catch (error) {
  if (!isServiceError(error, 'missing-config')) throw error
  const names = 'settings' in error && Array.isArray(error.settings) ? error.settings.join('; ') : ''
  report([
    { name: 'config', isGood: false, what: 'The settings are not right.', why: names, todo: 'Correct them in .env.' },
  ])
}
