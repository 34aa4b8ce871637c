/** Compares the public signatures of a package's entries with the reviewed report; `pnpm api` writes the report. */
import path from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { run } from './lib/run.ts'
import { root } from './lib/workspace.ts'

const configurations = ['packages/core/api-extractor.json', 'packages/core/api-extractor.testing.json']
const update = process.argv.includes('--update')

if (update && !run('turbo', ['run', 'build', '--output-logs=errors-only'])) process.exit(1)

for (const file of configurations) {
  const config = ExtractorConfig.loadFileAndPrepare(path.join(root, file))
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: update,
    messageCallback(message) {
      message.handled = message.logLevel !== ExtractorLogLevel.Error
    },
  })
  const report = config.reportConfigs.map(({ fileName }) => `${path.dirname(file)}/${fileName}`).join(', ')
  if (errorCount > 0) {
    console.error(`${file}: ${errorCount} errors`)
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
