import type { BenchArguments } from '../arguments.ts'
import type { EngineBuild } from '../engine-build.ts'
import { runJsonProcess } from '../json-process.ts'
import { renderTable } from '../report/table.ts'
import type { Target } from '../report/target.ts'
import type { MonitorFigures } from './monitor-figures.ts'

const EVENTS = 1_000_000
const MB = 1e6

const VARIANTS = {
  given: 'service error, fingerprint given',
  made: 'service error, fingerprint made',
  raw: 'any error, made a service error and fingerprinted',
  unread: 'service error, fingerprint made, stack never read before',
} as const

export type MonitorResult = Readonly<Record<keyof typeof VARIANTS, MonitorFigures>>

/** Each variant in a process of its own. */
export const runMonitor = async (
  { isQuick }: BenchArguments,
  build: EngineBuild,
  progress: (what: string) => void,
): Promise<MonitorResult> => {
  const rows: [string, MonitorFigures][] = []
  for (const [variant, label] of Object.entries(VARIANTS)) {
    progress(label)
    const figures = await runJsonProcess<MonitorFigures>({
      script: new URL('./worker.ts', import.meta.url),
      args: [variant, String(isQuick ? EVENTS / 10 : EVENTS)],
      nodeOptions: [...build.nodeOptions, '--expose-gc'],
      timeoutMs: 300_000,
    })
    rows.push([variant, figures])
  }
  return Object.fromEntries(rows) as unknown as MonitorResult
}

/** The table of a monitor run. */
export const renderMonitor = (result: MonitorResult): readonly string[] => [
  renderTable(
    'monitor.error over 10,000 fingerprints, CPU; 1,000 are kept',
    [{ title: '', align: 'left' }, ...['events', 'us/event', 'MB kept', 'folded'].map((title) => ({ title }))],
    Object.entries(result as Record<string, MonitorFigures>).map(([variant, figures]) => [
      VARIANTS[variant as keyof typeof VARIANTS],
      String(figures.events),
      figures.usPerEvent.toFixed(2),
      (figures.retainedBytes / MB).toFixed(2),
      String(figures.folded),
    ]),
  ),
]

/** The targets that this run can judge. */
export const monitorTargets = ({ given, made }: MonitorResult): readonly Target[] => [
  { name: 'monitor.error, fingerprint given', measured: given.usPerEvent, atMost: 2, unit: 'us' },
  { name: 'monitor.error, fingerprint made', measured: made.usPerEvent, atMost: 8, unit: 'us' },
  {
    name: 'monitor after 1 M events, kept in memory',
    measured: Math.max(given.retainedBytes, made.retainedBytes) / MB,
    atMost: 20,
    unit: 'MB',
  },
]
