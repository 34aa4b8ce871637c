import { writeFileSync } from 'node:fs'
import { helpText, parseArguments, UsageError, type BenchArguments } from './arguments.ts'
import { choosePluginBuild, chooseScanBuild } from './command-build.ts'
import { chooseEngineBuild, type EngineBuild } from './engine-build.ts'
import { MeasuringProcessError } from './json-process.ts'
import { describeEnvironment, readEnvironment } from './report/environment.ts'
import { checkJsonFile } from './report/json-file.ts'
import { isMet, renderTargets, type Target } from './report/target.ts'

/** What a command hands back for printing and for the file. */
interface Finished {
  readonly tables: readonly string[]
  readonly targets: readonly Target[]
  readonly result: unknown
}

const isTerminal = process.stderr.isTTY
const progress = (what: string): void => {
  if (isTerminal) process.stderr.write(`\r\u001B[2K${what}`)
}

const COMMANDS: Readonly<Record<BenchArguments['command'], (args: BenchArguments) => Promise<Finished>>> = {
  async overhead(args) {
    const [{ measureOverhead }, { overheadTargets, renderOverhead }] = await Promise.all([
      import('./overhead/run-overhead.ts'),
      import('./overhead/report-overhead.ts'),
    ])
    const result = await measureOverhead(args, chooseEngineBuild(), progress)
    return { tables: renderOverhead(result), targets: overheadTargets(result), result }
  },
  async storm(args) {
    const [{ runStorm }, { renderStorm }, { stormTargets }] = await Promise.all([
      import('./storm/run-storm.ts'),
      import('./storm/report-storm.ts'),
      import('./storm/storm-targets.ts'),
    ])
    const result = await runStorm(args, progress)
    return { tables: renderStorm(result), targets: stormTargets(result), result }
  },
  async retention(args) {
    const { renderRetention, retentionTargets, runRetention } = await import('./retention/run-retention.ts')
    const rows = await runRetention(args, chooseEngineBuild(), progress)
    return { tables: renderRetention(rows), targets: retentionTargets(rows), result: rows }
  },
  async lint(args) {
    const [{ runLint }, { lintTargets, renderLint }] = await Promise.all([
      import('./lint/run-lint.ts'),
      import('./lint/report-lint.ts'),
    ])
    const result = await runLint(args, choosePluginBuild(), progress)
    return { tables: renderLint(result), targets: lintTargets(result), result }
  },
  async scan(args) {
    const [{ runScan }, { renderScan, scanTargets }] = await Promise.all([
      import('./scan/run-scan.ts'),
      import('./scan/report-scan.ts'),
    ])
    const rows = await runScan(args, chooseScanBuild(), progress)
    return { tables: renderScan(rows), targets: scanTargets(rows), result: rows }
  },
  async hub(args) {
    const { hubTargets, renderHub, runHub } = await import('./hub/run-hub.ts')
    const result = await runHub(args, chooseEngineBuild())
    return { tables: renderHub(result), targets: hubTargets(result), result }
  },
  async stores(args) {
    const { renderStores, runStores, storesTargets } = await import('./stores/run-stores.ts')
    const result = await runStores(args, chooseEngineBuild())
    return { tables: renderStores(result), targets: storesTargets(result), result }
  },
  async monitor(args) {
    const { monitorTargets, renderMonitor, runMonitor } = await import('./monitor/run-monitor.ts')
    const result = await runMonitor(args, chooseEngineBuild(), progress)
    return { tables: renderMonitor(result), targets: monitorTargets(result), result }
  },
}

/** Storms are about decisions and run on the sources; what costs time or memory is measured as users run it. */
const buildFor = (command: BenchArguments['command']): EngineBuild | undefined => {
  if (command === 'storm') return undefined
  if (command === 'scan') return chooseScanBuild()
  return command === 'lint' ? choosePluginBuild() : chooseEngineBuild()
}

const run = async (args: BenchArguments): Promise<void> => {
  const jsonFile = args.jsonFile === undefined ? undefined : checkJsonFile(args.jsonFile)
  const build = buildFor(args.command)
  const environment = readEnvironment(build?.form ?? 'sources')
  console.log(`${describeEnvironment(environment)}\n`)
  if (build?.reason !== undefined)
    console.log(`The sources are measured, because ${build.reason}; "pnpm build" makes what users run.\n`)
  const startedMs = performance.now()
  const { tables, targets, result } = await COMMANDS[args.command](args)
  progress('')
  for (const table of tables) console.log(`${table}\n`)
  if (targets.length > 0) console.log(renderTargets(targets))
  const tookS = Number(((performance.now() - startedMs) / 1_000).toFixed(1))
  console.log(`\nTook ${tookS} s${args.isQuick ? '; --quick is for tuning, not for quoting' : ''}`)
  if (jsonFile === undefined) return
  const judged = targets.map((target) => ({ ...target, isMet: isMet(target) }))
  const document = { command: args, measuredAt: new Date().toISOString(), tookS, environment, targets: judged, result }
  writeFileSync(jsonFile, `${JSON.stringify(document, undefined, 2)}\n`)
  console.log(`Written to ${jsonFile}`)
}

try {
  const args = parseArguments(process.argv.slice(2))
  if (args === 'help') console.log(helpText())
  else await run(args)
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\nSee: pnpm bench --help`)
    process.exitCode = 2
  } else if (error instanceof MeasuringProcessError) {
    console.error(error.message)
    process.exitCode = 1
  } else throw error
}
