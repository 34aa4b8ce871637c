import { clearScreenDown, moveCursor } from 'node:readline'
import { type ClientName, clientNames, clientTitles } from '../clients/client-name.ts'
import type { DayProgress } from '../comparison/run-day.ts'
import { placePhases } from '../day-schedule/phase.ts'
import type { DayScenario } from '../day-schedule/day-scenarios.ts'
import { formatTable, type Paint } from './table.ts'

/** Shows how far the three days are. */
export interface ProgressDisplay {
  update(progress: DayProgress): void
  /** Removes what is redrawn, so that the result follows. */
  close(): void
}

const barWidth = 40
const blockWidth = 80
const redrawEveryMs = 200

/** A block that is redrawn in place on a terminal wide enough for it; elsewhere one line whenever a client enters a new phase. */
export function createProgress(scenario: DayScenario, stream: NodeJS.WriteStream, paint: Paint): ProgressDisplay {
  return stream.isTTY && stream.columns >= blockWidth ? redrawn(scenario, stream, paint) : plainLines(stream)
}

function plainLines(stream: NodeJS.WriteStream): ProgressDisplay {
  const phases = new Map<ClientName, string>()
  return {
    update(progress) {
      if (phases.get(progress.client) === progress.phase) return
      phases.set(progress.client, progress.phase)
      const time = `${(progress.dayMs / 1_000).toFixed(1).padStart(5)} s`
      stream.write(
        `${time}  ${clientTitles[progress.client].padEnd(11)}  ${progress.phase} begins; ${counts(progress)}\n`,
      )
    },
    close: () => undefined,
  }
}

function redrawn(scenario: DayScenario, stream: NodeJS.WriteStream, paint: Paint): ProgressDisplay {
  const latest = new Map<ClientName, DayProgress>()
  const phases = placePhases(scenario.phases)
  const lengthMs = phases.at(-1)?.toMs ?? 1
  let linesDrawn = 0
  let drawnAtMs = -Infinity
  const erase = (): void => {
    if (linesDrawn === 0) return
    moveCursor(stream, -stream.columns, -linesDrawn)
    clearScreenDown(stream)
    linesDrawn = 0
  }
  return {
    update(progress) {
      latest.set(progress.client, progress)
      if (performance.now() - drawnAtMs < redrawEveryMs) return
      drawnAtMs = performance.now()
      erase()
      const filled = Math.round(Math.min(1, progress.dayMs / lengthMs) * barWidth)
      const bar = `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`
      const table = formatTable(
        ['', 'calls', 'failed', 'requests', 'jobs done', 'to do', 'parked'],
        clientNames.map((client) => ({ cells: [clientTitles[client], ...cells(latest.get(client))] })),
        paint,
      )
      const block = `[${bar}] ${(progress.dayMs / 1_000).toFixed(0)} s  ${paint('bold', progress.phase)}\n\n${table}\n`
      stream.write(block)
      linesDrawn = block.split('\n').length - 1
    },
    close: erase,
  }
}

function cells(progress: DayProgress | undefined): string[] {
  if (progress === undefined) return ['starting', '', '', '', '', '']
  const { callsOffered, callsFailed, requests, jobsCompleted, jobsWaiting, jobsParked } = progress
  return [callsOffered, callsFailed, requests, jobsCompleted, jobsWaiting, jobsParked].map(String)
}

function counts(progress: DayProgress): string {
  const { callsOffered, callsFailed, requests, jobsCompleted, jobsWaiting, jobsParked } = progress
  const jobs = `jobs: ${jobsCompleted} done, ${jobsWaiting} to do, ${jobsParked} parked`
  return `so far ${callsOffered} calls (${callsFailed} failed), ${requests} requests, ${jobs}`
}
