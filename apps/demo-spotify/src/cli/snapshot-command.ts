import { setTimeout as sleep } from 'node:timers/promises'
import { logError } from '@holdfast/core/logging'
import { clockTime, inLines } from '../messages/explain.ts'
import { explainSnapshot, notesOn } from '../messages/explain-snapshot.ts'
import { takeSnapshot, type SnapshotReport } from '../snapshot/index.ts'
import { withMachine, type Terminal } from './context.ts'
import { EXIT, exitCodeFor } from './exit-codes.ts'

// A timer of Node is a day and some more at most; a machine that slept wakes up in between.
const LONGEST_SLEEP_MS = 60_000

/** Says what came, and in three parts what did not. */
export const tellSnapshot = (terminal: Terminal, report: SnapshotReport): void => {
  const { month, parts, summary } = report
  terminal.out(`Snapshot of ${month}: ${summary}`)
  for (const list of parts) {
    terminal.out(`  ${list.part.padEnd(20)} ${list.status.padEnd(9)} ${notesOn(list).join('; ')}`)
  }
  const message = explainSnapshot(report)
  if (message !== undefined) terminal.error(inLines(message))
}

/** Takes the snapshot of this month, or what is left of it. */
export const snapshotCommand = (terminal: Terminal, options: { readonly wait?: boolean }): Promise<number> =>
  withMachine(terminal, 'snapshot', async ({ machine, log }) => {
    const pause = machine.store.limits.read()
    if (options.wait === true && pause !== undefined && pause.untilMs > machine.now()) {
      terminal.out(`Waiting until ${clockTime(pause.untilMs)}: Spotify asked for a pause.`)
      while (pause.untilMs > machine.now()) {
        await sleep(Math.min(LONGEST_SLEEP_MS, pause.untilMs - machine.now()))
      }
    }
    const report = await takeSnapshot(machine)
    tellSnapshot(terminal, report)
    log.logger.info({ month: report.month, outcome: report.outcome }, `snapshot: ${report.summary}`)
    if (report.outcome === 'complete') return EXIT.done
    if (report.error !== undefined) logError(log.logger, report.error, { operation: 'snapshot' })
    const code = report.error === undefined ? EXIT.partial : exitCodeFor(report.error)
    return code === EXIT.failed && report.outcome === 'partial' ? EXIT.partial : code
  })
