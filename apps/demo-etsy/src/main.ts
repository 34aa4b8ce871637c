import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientNames } from './clients/client-name.ts'
import { htmlReport } from './terminal/html-report.ts'
import { makeReport } from './comparison/report.ts'
import { runInProcess } from './comparison/run-in-process.ts'
import { dayScenarios } from './day-schedule/day-scenarios.ts'
import { helpText, readArguments, UsageError } from './terminal/arguments.ts'
import { closingLines, comparisonTable } from './terminal/comparison-table.ts'
import { paintFor } from './terminal/paint.ts'
import { createProgress } from './terminal/progress.ts'

const exitCodes = { kept: 0, failed: 1, usage: 2 }

/** The demo; returns its exit code. */
async function main(words: readonly string[]): Promise<number> {
  const wanted = readArguments(words)
  if (wanted.wants === 'help') {
    console.log(helpText())
    return exitCodes.kept
  }
  const scenario = dayScenarios.get(wanted.scenario)
  if (scenario === undefined) throw new UsageError(`--scenario: there is no scenario "${wanted.scenario}"`)
  const paint = paintFor(process.stdout)
  const seconds = Math.round(scenario.phases.reduce((sum, phase) => sum + phase.forMs, 0) / 1_000)
  console.log(
    `${scenario.name}: ${scenario.summary}. Three clients side by side, each on a simulator of its own; about ${seconds} to ${seconds + 15} s.\n`,
  )
  const progress = createProgress(scenario, process.stdout, paint)
  const runs = await Promise.all(
    clientNames.map((client) =>
      runInProcess(client, scenario.name, wanted.seed, (state) => {
        progress.update(state)
      }),
    ),
  )
  progress.close()
  const report = makeReport(scenario, wanted.seed, runs)
  console.log(`\n${comparisonTable(report, paint)}\n\n${closingLines(report, paint)}`)
  if (wanted.jsonFile !== null) {
    writeFileSync(wanted.jsonFile, `${JSON.stringify(report, null, 2)}\n`)
    console.log(`\nFigures written to ${wanted.jsonFile}`)
  }
  const htmlFile = wanted.htmlFile ?? join(mkdtempSync(join(tmpdir(), 'holdfast-demo-')), 'report.html')
  writeFileSync(htmlFile, await htmlReport(report))
  console.log(`\nReport for a browser written to ${htmlFile}`)
  return report.promises.every((promise) => promise.isKept) ? exitCodes.kept : exitCodes.failed
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof UsageError
  console.error(
    isUsage
      ? `demo: ${error.message}\nTry "pnpm demo --help".`
      : `demo: ${error instanceof Error ? error.message : String(error)}`,
  )
  process.exit(isUsage ? exitCodes.usage : exitCodes.failed)
}
