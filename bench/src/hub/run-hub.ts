import type { BenchArguments } from '../arguments.ts'
import type { EngineBuild } from '../engine-build.ts'
import { runJsonProcess } from '../json-process.ts'
import { renderTable } from '../report/table.ts'
import type { Target } from '../report/target.ts'
import { spreadOf, type Spread } from '../statistics.ts'
import type { HubFigures } from './hub-figures.ts'

export type HubResult = Readonly<Record<keyof HubFigures, Spread>>

/** One process, every site in turns. */
export const runHub = async ({ isQuick }: BenchArguments, build: EngineBuild): Promise<HubResult> => {
  const figures = await runJsonProcess<HubFigures>({
    script: new URL('./worker.ts', import.meta.url),
    args: [String(isQuick ? 3 : 9)],
    nodeOptions: build.nodeOptions,
    timeoutMs: 300_000,
  })
  return Object.fromEntries(
    Object.entries<readonly number[]>({ ...figures }).map(([name, values]) => [name, spreadOf(values)]),
  ) as HubResult
}

const LABELS: Readonly<Record<keyof HubFigures, string>> = {
  loopNs: 'loop with an empty call',
  channelNs: 'channel.hasSubscribers of Node, nobody subscribed',
  callSiteNs: 'end of a call or attempt, nobody listens',
  otherSiteNs: 'any other event, nobody listens',
  oneListenerNs: 'call-ended, one subscriber',
}

/** The table of a hub run. */
export const renderHub = (result: HubResult): readonly string[] => [
  renderTable(
    'One event site, CPU',
    [{ title: '', align: 'left' }, { title: 'ns' }, { title: 'least' }, { title: 'most' }],
    (Object.keys(LABELS) as (keyof HubFigures)[]).map((name) => [
      LABELS[name],
      result[name].median.toFixed(1),
      result[name].min.toFixed(1),
      result[name].max.toFixed(1),
    ]),
  ),
]

/** The targets that this run can judge; the loop around the site is taken off. */
export const hubTargets = ({ loopNs, callSiteNs, otherSiteNs }: HubResult): readonly Target[] => [
  { name: 'event site of a call, nobody listens', measured: callSiteNs.median - loopNs.median, atMost: 10, unit: 'ns' },
  {
    name: 'any other event site, nobody listens',
    measured: otherSiteNs.median - loopNs.median,
    atMost: 10,
    unit: 'ns',
  },
]
