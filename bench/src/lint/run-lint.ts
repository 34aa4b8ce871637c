import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchArguments } from '../arguments.ts'
import type { CommandBuild } from '../command-build.ts'
import { commandCost } from '../command-cost.ts'
import { runJsonProcess } from '../json-process.ts'
import { spreadOf, type Spread } from '../statistics.ts'
import { GROWTH_SHAPES } from './growth-shapes.ts'
import { generateRepository } from './repository/generate-repository.ts'
import type { GrowthFigures, GrowthTask, LintFigures, LintRules, LintTask } from './tasks.ts'

/** Names the folder of a real repository whose call map is timed too. */
export const REAL_REPOSITORY = 'HOLDFAST_BENCH_REPOSITORY'

const SIZES = [450, 1_500, 5_000]
const SOURCES = ['**/*.{ts,tsx,mts,cts,js,jsx,cjs,mjs}']
const GROWTH_BLOCKS = [3_200, 6_400, 12_800]
// The trees of all lengths take 5 GB.
const GROWTH_NODE_OPTIONS = ['--stack-size=3900', '--max-old-space-size=12000']

export interface CallMapRow {
  readonly repository: string
  readonly files: number
  readonly lines: number | undefined
  readonly calls: number
  readonly userMs: Spread
}

export interface OverheadRow {
  readonly repository: string
  readonly files: number
  readonly reports: number
  readonly parserMs: Spread
  readonly recommendedMs: Spread
  /** Of each round, one rule that does nothing divided by the parser alone. */
  readonly emptyRatio: Spread
  /** Of each round, `recommended` divided by the parser alone. */
  readonly ratio: Spread
  /** Of each round, ESLint's own recommended rules with ours divided by its own. */
  readonly ownRatio: Spread
}

export interface GrowthRow {
  readonly shape: string
  readonly rule: string
  /** For the same text in files of each length. */
  readonly leastMs: readonly number[]
  /** Time grows with this power of the file's length, seen over two doublings. */
  readonly exponent: number
}

export interface LintResult {
  readonly callMap: readonly CallMapRow[]
  readonly overhead: readonly OverheadRow[]
  readonly growth: readonly GrowthRow[]
}

type Progress = (what: string) => void

interface Run {
  readonly build: CommandBuild
  readonly folder: string
  readonly isQuick: boolean
  readonly progress: Progress
}

const worker = <Result>(run: Run, script: string, task: object, nodeOptions: readonly string[] = []): Promise<Result> =>
  runJsonProcess({
    script: new URL(script, import.meta.url),
    args: [JSON.stringify(task)],
    nodeOptions: [...run.build.nodeOptions, ...nodeOptions],
    timeoutMs: 1_000_000,
  })

const timeCallMap = async (run: Run, repository: string, root: string, rounds: number): Promise<CallMapRow> => {
  const userMs: number[] = []
  const output = join(run.folder, 'call-map.json')
  for (let round = 0; round < rounds; round += 1) {
    run.progress(`call map of ${repository}, ${round + 1} of ${rounds}`)
    const cost = await commandCost(run.build.command, [root, '--output', output], run.build.nodeOptions)
    userMs.push(cost.userMs)
  }
  const map = JSON.parse(readFileSync(output, 'utf8')) as { files: Record<string, { calls: unknown[] }> }
  const files = Object.values(map.files)
  return {
    repository,
    files: files.length,
    lines: undefined,
    calls: files.reduce((sum, { calls }) => sum + calls.length, 0),
    userMs: spreadOf(userMs),
  }
}

const measureCallMap = async (run: Run): Promise<readonly CallMapRow[]> => {
  const rows: CallMapRow[] = []
  for (const size of run.isQuick ? SIZES.slice(0, 2) : SIZES) {
    const root = join(run.folder, `repository-${size}`)
    const { lines } = generateRepository(root, size)
    const row = await timeCallMap(run, `generated, ${size} files`, root, size > 1_500 ? 3 : 7)
    rows.push({ ...row, lines })
  }
  const real = process.env[REAL_REPOSITORY]
  if (real !== undefined) rows.push(await timeCallMap(run, `of ${REAL_REPOSITORY}`, real, 7))
  return rows
}

const ORDER: readonly LintRules[] = ['none', 'empty', 'recommended', 'own', 'own-and-recommended']

const measureRules = async (run: Run, repository: string, task: Omit<LintTask, 'rules'>): Promise<OverheadRow> => {
  const figures: Record<LintRules, LintFigures[]> = {
    none: [],
    empty: [],
    recommended: [],
    own: [],
    'own-and-recommended': [],
  }
  const rounds = run.isQuick ? 3 : 9
  for (let round = 0; round < rounds; round += 1) {
    run.progress(`lint of ${repository}, ${round + 1} of ${rounds}`)
    // The order changes, so that drift of the machine favours nobody.
    for (const rules of round % 2 === 0 ? ORDER : ORDER.toReversed())
      figures[rules].push(await worker(run, './lint-worker.ts', { ...task, rules }))
  }
  const { none, empty, recommended, own } = figures
  const ratioOf = (of: readonly LintFigures[], to: readonly LintFigures[]): Spread =>
    spreadOf(of.map(({ userMs }, index) => userMs / (to[index]?.userMs ?? NaN)))
  return {
    repository,
    files: none[0]?.files ?? 0,
    reports: recommended[0]?.reports ?? 0,
    parserMs: spreadOf(none.map(({ userMs }) => userMs)),
    recommendedMs: spreadOf(recommended.map(({ userMs }) => userMs)),
    emptyRatio: ratioOf(empty, none),
    ratio: ratioOf(recommended, none),
    ownRatio: ratioOf(figures['own-and-recommended'], own),
  }
}

const measureOverhead = async (run: Run): Promise<readonly OverheadRow[]> => {
  const root = join(run.folder, 'repository-lint')
  generateRepository(root, 450)
  const ours = fileURLToPath(new URL('../../../', import.meta.url))
  return [
    await measureRules(run, 'generated, 450 files', { root, files: SOURCES }),
    await measureRules(run, 'this repository', { root: ours, files: SOURCES }),
  ]
}

const measureGrowth = async (run: Run): Promise<readonly GrowthRow[]> => {
  const rows: GrowthRow[] = []
  for (const shape of Object.keys(GROWTH_SHAPES)) {
    run.progress(`growth of ${shape}`)
    // The TypeScript parser goes down a chain by recursion, half as far.
    const blocks = shape === 'one chain' ? GROWTH_BLOCKS.map((length) => length / 2) : GROWTH_BLOCKS
    const task: GrowthTask = { shape, blocks, rounds: run.isQuick ? 1 : 3 }
    const figures = await worker<GrowthFigures>(run, './growth-worker.ts', task, GROWTH_NODE_OPTIONS)
    for (const [rule, leastMs] of Object.entries(figures)) {
      const [shortest = NaN, , longest = NaN] = leastMs
      rows.push({ shape, rule, leastMs, exponent: 1 + Math.log2(longest / shortest) / 2 })
    }
  }
  return rows
}

/** Cold call maps, what the rules add to ESLint, and how each rule grows with the file. */
export const runLint = async (
  { only, isQuick }: BenchArguments,
  build: CommandBuild,
  progress: Progress,
): Promise<LintResult> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lint-'))
  const run: Run = { build, folder, isQuick, progress }
  try {
    return {
      callMap: only === undefined || only === 'call-map' ? await measureCallMap(run) : [],
      overhead: only === undefined || only === 'rules' ? await measureOverhead(run) : [],
      growth: only === undefined || only === 'growth' ? await measureGrowth(run) : [],
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
