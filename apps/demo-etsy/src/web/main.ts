import { existsSync } from 'node:fs'
import { isServiceError } from '@holdfast/core/service-errors'
import { readSettings } from './settings.ts'
import { startWeb } from './start-web.ts'

try {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const web = await startWeb(readSettings(process.env))
  process.stdout.write(`demo-etsy runs at ${web.url}
  ${web.simulator === undefined ? 'against the real Etsy API' : `against the simulator at ${web.simulator.url}; no credentials needed`}
Stop it with Ctrl+C.
`)
  process.once('SIGINT', () => void web.close())
  process.once('SIGTERM', () => void web.close())
} catch (error) {
  const isConfig = isServiceError(error, 'missing-config') && 'settings' in error && Array.isArray(error.settings)
  const why: string = isConfig
    ? `the settings are not right:\n  ${(error.settings as string[]).join('\n  ')}`
    : error instanceof Error
      ? error.message
      : String(error)
  process.stderr.write(
    `demo-etsy: ${why}\n${isConfig ? 'Correct them in .env, or leave ETSY_KEYSTRING out to use the simulator.\n' : ''}`,
  )
  process.exitCode = isConfig ? 2 : 1
}
