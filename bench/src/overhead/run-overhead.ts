import type { BenchArguments } from '../arguments.ts'
import { startChildServer } from '../child-server.ts'
import type { EngineBuild } from '../engine-build.ts'
import { median, type Spread, spreadOf } from '../statistics.ts'
import { AXIOS_CASES, BARE_AXIOS } from './axios-cases.ts'
import type { Case, CaseGroup } from './case.ts'
import { CORE_CASES } from './core-cases.ts'
import { FETCH_CASES } from './fetch-cases.ts'
import { runTask } from './measuring-process.ts'

interface Effort {
  readonly processes: number
  readonly heapProcesses: number
  readonly rounds: number
  readonly blockMs: number
  readonly warmUpMs: number
}

const FULL: Effort = { processes: 5, heapProcesses: 3, rounds: 7, blockMs: 50, warmUpMs: 2_000 }
const QUICK: Effort = { processes: 3, heapProcesses: 1, rounds: 5, blockMs: 20, warmUpMs: 300 }
// The difference of two figures is noisier than either, and axios takes the compiler longer than a small function.
const pairEffort = (effort: Effort): Effort => ({
  ...effort,
  rounds: effort.rounds * 3,
  warmUpMs: effort.warmUpMs * 3,
})

/** One row of the tables; spreads are over processes, each of which gave a median over its rounds. */
export interface OverheadRow {
  readonly name: string
  readonly label: string
  readonly group: CaseGroup
  readonly cpuNs: Spread
  readonly heapBytes: Spread
}

/** A row of the axios table, against the bare instance beside it in the same process. */
export interface PairRow extends OverheadRow {
  readonly bareCpuNs: Spread
  readonly deltaNs: Spread
  readonly deltaPercent: Spread
}

export interface OverheadResult {
  readonly effort: Effort
  readonly rows: readonly OverheadRow[]
  readonly pairs: readonly PairRow[]
  /** CPU of a loopback axios request in the client's process; undefined when not measured. */
  readonly loopbackCpuNs: Spread | undefined
}

type Progress = (what: string) => void

const measureRows = async (
  cases: readonly Case[],
  effort: Effort,
  build: EngineBuild,
  progress: Progress,
): Promise<readonly OverheadRow[]> => {
  const cpu = new Map<string, number[]>()
  const heap = new Map<string, number[]>()
  for (let index = 0; index < effort.processes; index += 1) {
    // The cases take turns process by process, every other time backwards, so that drift of the machine hits all.
    for (const { name } of index % 2 === 0 ? cases : cases.toReversed()) {
      progress(`${name} ${index + 1}/${effort.processes}`)
      const figures = await runTask({ kind: 'cpu', names: [name], ...effort }, build)
      append(cpu, name, median(figures[name] ?? []))
      if (index >= effort.heapProcesses) continue
      const bytes = await runTask({ kind: 'heap', names: [name], ...effort }, build)
      append(heap, name, median(bytes[name] ?? []))
    }
  }
  return cases.map(({ name, label, group }) => ({
    name,
    label,
    group,
    cpuNs: spreadOf(cpu.get(name) ?? []),
    heapBytes: spreadOf(heap.get(name) ?? []),
  }))
}

const append = (lists: Map<string, number[]>, name: string, value: number): void => {
  const list = lists.get(name)
  if (list === undefined) lists.set(name, [value])
  else list.push(value)
}

const measurePair = async (added: Case, effort: Effort, build: EngineBuild, progress: Progress): Promise<PairRow> => {
  const bare: number[] = []
  const total: number[] = []
  const deltas: number[] = []
  const percents: number[] = []
  const heap: number[] = []
  for (let index = 0; index < effort.processes; index += 1) {
    progress(`${added.name} ${index + 1}/${effort.processes}`)
    // Which of the two is compiled first takes turns as well.
    const names = index % 2 === 0 ? [BARE_AXIOS.name, added.name] : [added.name, BARE_AXIOS.name]
    const figures = await runTask({ kind: 'cpu', names, ...pairEffort(effort) }, build)
    const bareRounds = figures[BARE_AXIOS.name] ?? []
    const addedRounds = figures[added.name] ?? []
    bare.push(median(bareRounds))
    total.push(median(addedRounds))
    deltas.push(median(addedRounds.map((ns, round) => ns - (bareRounds[round] ?? NaN))))
    percents.push(median(addedRounds.map((ns, round) => (ns / (bareRounds[round] ?? NaN) - 1) * 100)))
    if (index < effort.heapProcesses) {
      heap.push(median((await runTask({ kind: 'heap', names: [added.name], ...effort }, build))[added.name] ?? []))
    }
  }
  const { name, label, group } = added
  return {
    name,
    label,
    group,
    cpuNs: spreadOf(total),
    heapBytes: spreadOf(heap),
    bareCpuNs: spreadOf(bare),
    deltaNs: spreadOf(deltas),
    deltaPercent: spreadOf(percents),
  }
}

const measureLoopback = async (effort: Effort, build: EngineBuild, progress: Progress): Promise<Spread> => {
  const server = await startChildServer(new URL('./loopback-server.ts', import.meta.url))
  try {
    const medians: number[] = []
    for (let index = 0; index < effort.processes; index += 1) {
      progress(`loopback request ${index + 1}/${effort.processes}`)
      const figures = await runTask(
        { kind: 'loopback', url: server.url, ...effort, blockMs: effort.blockMs * 5 },
        build,
      )
      medians.push(median(figures['loopback'] ?? []))
    }
    return spreadOf(medians)
  } finally {
    await server.close()
  }
}

/** Measures what the arguments ask for; about seven minutes for everything, about 20 s for `--only ours --quick`. */
export const measureOverhead = async (
  { only, isQuick }: BenchArguments,
  build: EngineBuild,
  progress: Progress,
): Promise<OverheadResult> => {
  const effort = isQuick ? QUICK : FULL
  const isWanted = (group: CaseGroup, isOurs: boolean): boolean =>
    only === undefined || only === group || (only === 'ours' && isOurs)
  const rows = await measureRows(
    [...CORE_CASES, ...FETCH_CASES, BARE_AXIOS].filter(({ group, isOurs }) => isWanted(group, isOurs)),
    effort,
    build,
    progress,
  )
  const pairs: PairRow[] = []
  for (const added of AXIOS_CASES.filter(({ group, isOurs }) => isWanted(group, isOurs))) {
    pairs.push(await measurePair(added, effort, build, progress))
  }
  const needsLoopback = only === undefined || only === 'axios' || (only === 'ours' && !isQuick)
  return {
    effort,
    rows,
    pairs,
    loopbackCpuNs: needsLoopback ? await measureLoopback(effort, build, progress) : undefined,
  }
}
