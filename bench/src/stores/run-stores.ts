import type { BenchArguments } from '../arguments.ts'
import type { EngineBuild } from '../engine-build.ts'
import { runJsonProcess } from '../json-process.ts'
import { renderTable } from '../report/table.ts'
import type { Target } from '../report/target.ts'
import { spreadOf, type Spread } from '../statistics.ts'
import type { StoreFigures, StoreName, StoreRounds } from './store-figures.ts'

type StoreSpread = Readonly<Record<keyof StoreFigures, Spread>>
export type StoresResult = Readonly<Partial<Record<StoreName, StoreSpread>>>

const NAMES = ['singlePerS', 'singleUs', 'manyPerS', 'leasedPerS', 'leasedUs', 'leased99Us'] as const

/** One process, every store in turn, on one connection (Postgres: a pool of 16). */
export const runStores = async ({ isQuick }: BenchArguments, build: EngineBuild): Promise<StoresResult> => {
  const rounds = await runJsonProcess<StoreRounds>({
    script: new URL('./worker.ts', import.meta.url),
    args: isQuick ? ['2', '300'] : ['5', '1000'],
    nodeOptions: build.nodeOptions,
    timeoutMs: 300_000,
  })
  return Object.fromEntries(
    Object.entries(rounds).map(([store, figures]) => [
      store,
      Object.fromEntries(NAMES.map((name) => [name, spreadOf(figures.map((round) => round[name]))])),
    ]),
  )
}

const thousands = ({ median, min, max }: Spread): string =>
  `${(median / 1_000).toFixed(1)} k (${(min / 1_000).toFixed(1)}-${(max / 1_000).toFixed(1)})`

/** The table of a stores run. */
export const renderStores = (result: StoresResult): readonly string[] => [
  renderTable(
    'Permits of a limit that processes share; loopback, so add the round trip of your network',
    [
      { title: 'store', align: 'left' },
      { title: 'one at a time /s' },
      { title: 'p50 us' },
      { title: '32 under way /s' },
      { title: 'leased /s' },
      { title: 'p50 us' },
      { title: 'p99 us' },
    ],
    Object.entries(result).map(([store, row]) => [
      store,
      thousands(row.singlePerS),
      row.singleUs.median.toFixed(0),
      thousands(row.manyPerS),
      thousands(row.leasedPerS),
      row.leasedUs.median.toFixed(2),
      row.leased99Us.median.toFixed(1),
    ]),
  ),
]

/** The targets that this run can judge. */
export const storesTargets = ({ redis }: StoresResult): readonly Target[] =>
  redis === undefined
    ? []
    : [
        {
          name: 'leased permits, Redis, one connection',
          measured: redis.leasedPerS.median,
          atLeast: 200_000,
          unit: '/s',
        },
        { name: 'one leased permit, median', measured: redis.leasedUs.median, atMost: 2, unit: 'us' },
      ]
