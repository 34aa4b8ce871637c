import { logError, type StructuredLogger } from '@holdfast/core/logging'
import { syncPlaylist } from '../playlist/index.ts'
import { takeSnapshot, type SnapshotReport } from '../snapshot/index.ts'
import { withCorrelation } from './log.ts'
import type { TimeMachine } from './time-machine.ts'

/** Snapshot and, once there is a list, playlist: what the schedule runs every month. */
export const monthlyJob = (machine: TimeMachine, logger: StructuredLogger): Promise<SnapshotReport> =>
  withCorrelation(async () => {
    const report = await takeSnapshot(machine)
    logger.info({ month: report.month, outcome: report.outcome }, `snapshot: ${report.summary}`)
    if (report.error !== undefined) logError(logger, report.error, { operation: 'snapshot' })
    if (report.parts.some(({ part, status }) => part === 'tracks-short_term' && status !== 'failed')) {
      try {
        const { hasChanged, uris } = await syncPlaylist(machine, report.month)
        logger.info({ month: report.month, hasChanged }, `playlist: ${uris.length} songs`)
      } catch (error) {
        // The snapshot is what cannot be made up for; the playlist is tried again with the next run.
        logError(logger, error, { operation: 'playlist' })
      }
    }
    return report
  })
