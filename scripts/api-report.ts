/** Compares the public signatures of core's entries with the reviewed reports; `pnpm api` writes the reports. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { run } from './lib/run.ts'
import { root } from './lib/workspace.ts'

const folder = path.join(root, 'packages/core')
const configFile = path.join(folder, 'api-extractor.json')
const packageJson = path.join(folder, 'package.json')
const update = process.argv.includes('--update')

if (update && !run('turbo', ['run', 'build', '--output-logs=errors-only'])) process.exit(1)

const { exports } = JSON.parse(readFileSync(packageJson, 'utf8')) as { exports: Record<string, { types?: string }> }

for (const [entry, { types }] of Object.entries(exports)) {
  if (types === undefined) continue
  const reportFileName = `core${entry.slice(1).replaceAll('/', '.')}.api.md`
  const configObject = ExtractorConfig.loadFile(configFile)
  configObject.projectFolder = folder
  configObject.mainEntryPointFilePath = path.join(folder, types)
  configObject.apiReport = { ...configObject.apiReport, enabled: true, reportFileName }
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: configFile,
    packageJsonFullPath: packageJson,
  })
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: update,
    messageCallback(message) {
      message.handled = message.logLevel !== ExtractorLogLevel.Error
    },
  })
  const report = `packages/core/${reportFileName}`
  if (errorCount > 0) {
    console.error(`${report}: ${errorCount} errors`)
    process.exitCode = 1
  } else if (apiReportChanged && !update) {
    console.error(
      `${report} differs from the built package: the public API changed. ` +
        'Write the new report with `pnpm api`, read the difference and commit it with the change.',
    )
    process.exitCode = 1
  } else {
    console.log(`${report} ${apiReportChanged ? 'written' : 'is up to date'}`)
  }
}
