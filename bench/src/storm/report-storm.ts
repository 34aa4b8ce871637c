import { renderTable } from '../report/table.ts'
import { quantile } from '../statistics.ts'
import { renderLoopback } from './report-loopback.ts'
import type { StormResult } from './run-storm.ts'
import type { BlackoutRow } from './virtual/blackout-scenario.ts'
import { BURST_SET_UP, type BurstRow } from './virtual/burst-scenario.ts'
import { FAILURES_SET_UP, type FailuresRow } from './virtual/failures-scenario.ts'
import { OUTAGE_SET_UP, type OutageRow } from './virtual/outage-scenario.ts'

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const seconds = (ms: number): string => (ms / 1_000).toFixed(0)
const NOT_SEEN = `> ${seconds(OUTAGE_SET_UP.observedMs)}`

const recoveryRange = (recoveriesMs: OutageRow['recoveriesMs']): string => {
  const never = recoveriesMs.filter((ms) => ms === null).length
  const found = recoveriesMs.filter((ms) => ms !== null)
  if (found.length === 0) return NOT_SEEN
  const range = `${seconds(Math.min(...found))}..${seconds(Math.max(...found))}`
  return never === 0 ? range : `${range}, ${never} x ${NOT_SEEN}`
}

const medianRecovery = (recoveriesMs: OutageRow['recoveriesMs']): string => {
  const middle = quantile(
    recoveriesMs.map((ms) => ms ?? Number.MAX_VALUE),
    0.5,
  )
  return middle > OUTAGE_SET_UP.observedMs ? NOT_SEEN : (middle / 1_000).toFixed(1)
}

const renderOutages = (rows: readonly OutageRow[], outageMs: number): string =>
  renderTable(
    `Virtual time: ${OUTAGE_SET_UP.callsPerSecond} calls/s on a server of ${OUTAGE_SET_UP.serverPerSecond}/s that stands still for ${outageMs / 1_000} s; seconds from repair to 95 %`,
    [
      { title: '', align: 'left' },
      { title: 'seeds' },
      { title: 'median s' },
      { title: 'min..max s' },
      { title: 'bad 10 s later' },
      { title: 'requests/call in outage' },
      { title: 'success from outage on' },
    ],
    rows
      .filter((row) => row.outageMs === outageMs)
      .map(({ label, recoveriesMs, relapses, outageLoads, successes }) => [
        label,
        String(recoveriesMs.length),
        medianRecovery(recoveriesMs),
        recoveryRange(recoveriesMs),
        recoveriesMs.every((ms) => ms === null) ? '-' : mean(relapses).toFixed(1),
        mean(outageLoads).toFixed(2),
        percent(mean(successes)),
      ]),
  )

const renderFailures = (rows: readonly FailuresRow[], failureShare: number): string =>
  renderTable(
    `Virtual time: ${percent(failureShare)} of answers are 503, independent of load; ${FAILURES_SET_UP.callsPerSecond} calls/s, ${FAILURES_SET_UP.endMs / 1_000} s`,
    [
      { title: '', align: 'left' },
      ...FAILURES_SET_UP.clients.flatMap((clients) => [
        { title: `${clients === 1 ? '1 client' : `${clients} clients`}: success` },
        { title: 'requests/call' },
        { title: 'refused locally' },
      ]),
    ],
    [...new Set(rows.map(({ label }) => label))].map((label) => [
      label,
      ...FAILURES_SET_UP.clients.flatMap((clients) => {
        const row = rows.find((candidate) => candidate.label === label && candidate.clients === clients)
        return row === undefined
          ? ['', '', '']
          : [
              percent(row.successes / row.calls),
              (row.requests / row.calls).toFixed(3),
              percent(row.rejected / row.calls),
            ]
      }),
    ]),
  )

const renderBlackout = (rows: readonly BlackoutRow[]): string =>
  renderTable(
    'Virtual time: 100 clients of 2.8 calls/s, every answer is 503; requests per call since the outage began',
    [
      { title: '', align: 'left' },
      { title: 'first s' },
      { title: 'calls' },
      { title: 'admitted' },
      { title: 'rejected' },
      { title: 'requests' },
      { title: 'requests/call' },
    ],
    rows.map(({ label, spanMs, calls, admitted, rejected, requests }) => [
      label,
      (spanMs / 1_000).toFixed(0),
      String(calls),
      String(admitted),
      String(rejected),
      String(requests),
      (requests / calls).toFixed(3),
    ]),
  )

const renderBursts = (rows: readonly BurstRow[]): string =>
  renderTable(
    `Virtual time: ${BURST_SET_UP.calls} calls at once to a healthy server, by a new client and again after ${BURST_SET_UP.pauseMs / 1_000} s of silence`,
    [
      { title: '', align: 'left' },
      { title: 'calls' },
      { title: 'success' },
      { title: 'refused when new' },
      { title: 'refused after the pause' },
    ],
    rows.map(({ label, calls, successes, rejectedWhenNew, rejectedAfterPause }) => [
      label,
      String(calls),
      percent(successes / calls),
      String(rejectedWhenNew),
      String(rejectedAfterPause),
    ]),
  )

/** The tables of a storm run. */
export const renderStorm = ({ outages, failures, bursts, blackout, loopback }: StormResult): readonly string[] => [
  ...[...new Set(outages.map(({ outageMs }) => outageMs))].map((outageMs) => renderOutages(outages, outageMs)),
  ...[...new Set(failures.map(({ failureShare }) => failureShare))].map((share) =>
    renderFailures(
      failures.filter((row) => row.failureShare === share),
      share,
    ),
  ),
  ...(bursts.length > 0 ? [renderBursts(bursts)] : []),
  ...(blackout.length > 0 ? [renderBlackout(blackout)] : []),
  ...renderLoopback(loopback),
]
