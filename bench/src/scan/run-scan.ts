import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchArguments } from '../arguments.ts'
import type { CommandBuild } from '../command-build.ts'
import { commandCost, type CommandCost } from '../command-cost.ts'
import { generateRepository } from '../lint/repository/generate-repository.ts'
import { REAL_REPOSITORY } from '../lint/run-lint.ts'
import { spreadOf, type Spread } from '../statistics.ts'

const SIZES = [250, 450, 1_000, 2_000, 4_000, 8_000]
const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx|vue)$/

interface ScanFigures extends CommandCost {
  readonly findings: number
}

/** One kind of scan over one repository. */
export interface ScanRow {
  readonly repository: string
  readonly files: number
  readonly kind: 'cold' | 'unchanged' | 'one edit'
  readonly findings: number
  readonly userMs: Spread
  readonly wallMs: Spread
  readonly maxRssMb: Spread
}

interface Run {
  readonly build: CommandBuild
  readonly folder: string
  readonly progress: (what: string) => void
}

const sourcesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => SOURCE.test(file) && !file.split(/[\\/]/).includes('node_modules'),
  )

const scan = async (run: Run, root: string, mode: 'cold' | 'cached'): Promise<ScanFigures> => {
  const report = join(run.folder, 'report.json')
  const args = ['scan', root, '--format', 'json', '--output', report, ...(mode === 'cold' ? ['--no-cache'] : [])]
  const cost = await commandCost(run.build.command, args, run.build.nodeOptions)
  return { ...cost, findings: (JSON.parse(readFileSync(report, 'utf8')) as { findings: unknown[] }).findings.length }
}

const rowOf = (repository: string, files: number, kind: ScanRow['kind'], figures: readonly ScanFigures[]): ScanRow => ({
  repository,
  files,
  kind,
  findings: figures[0]?.findings ?? 0,
  userMs: spreadOf(figures.map(({ userMs }) => userMs)),
  wallMs: spreadOf(figures.map(({ wallMs }) => wallMs)),
  maxRssMb: spreadOf(figures.map(({ maxRssMb }) => maxRssMb)),
})

const coldRow = async (run: Run, repository: string, root: string, rounds: number): Promise<ScanRow> => {
  const figures: ScanFigures[] = []
  for (let round = 1; round <= rounds; round += 1) {
    run.progress(`cold scan of ${repository}, ${round} of ${rounds}`)
    figures.push(await scan(run, root, 'cold'))
  }
  return rowOf(repository, sourcesIn(root).length, 'cold', figures)
}

const repeatedRows = async (run: Run, repository: string, root: string, rounds: number): Promise<ScanRow[]> => {
  const files = sourcesIn(root)
  const edited = files.find((file) => /services.*\.ts$/.test(file)) ?? files[0] ?? ''
  const unchanged: ScanFigures[] = []
  const afterEdit: ScanFigures[] = []
  await scan(run, root, 'cached')
  for (let round = 1; round <= rounds; round += 1) {
    run.progress(`second scan of ${repository}, ${round} of ${rounds}`)
    unchanged.push(await scan(run, root, 'cached'))
    appendFileSync(join(root, edited), `\nexport const edit${round} = ${round}\n`)
    afterEdit.push(await scan(run, root, 'cached'))
  }
  return [
    rowOf(repository, files.length, 'unchanged', unchanged),
    rowOf(repository, files.length, 'one edit', afterEdit),
  ]
}

/** `holdfast scan` over generated repositories: cold, unchanged and after one edit; over a real one cold, which writes nothing. */
export const runScan = async (
  { only, isQuick }: BenchArguments,
  build: CommandBuild,
  progress: Run['progress'],
): Promise<readonly ScanRow[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-scan-'))
  const run: Run = { build, folder, progress }
  const rows: ScanRow[] = []
  const sizes = isQuick || only === '450' ? [450] : SIZES
  try {
    for (const size of only === 'real' ? [] : sizes) {
      const root = join(folder, `repository-${size}`)
      const repository = `generated, ${size} files`
      generateRepository(root, size)
      const rounds = isQuick || size > 1_000 ? 3 : 7
      rows.push(await coldRow(run, repository, root, rounds))
      rows.push(...(await repeatedRows(run, repository, root, rounds)))
    }
    const real = process.env[REAL_REPOSITORY]
    if (real !== undefined) rows.push(await coldRow(run, `of ${REAL_REPOSITORY}`, real, isQuick ? 3 : 5))
    return rows
  } finally {
    rmSync(folder, { recursive: true })
  }
}
