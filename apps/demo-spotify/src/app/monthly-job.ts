import { logError, type StructuredLogger } from '@holdfast/core/logging'
import { syncPlaylist } from '../playlist/index.ts'
import { takeSnapshot, type SnapshotReport } from '../snapshot/index.ts'
import { withCorrelation } from './log.ts'
import type { TimeMachine } from './time-machine.ts'

// The snapshot is what cannot be made up for: a playlist that fails ends nothing, and stays owed.
const writePlaylists = async (machine: TimeMachine, logger: StructuredLogger, months: Iterable<string>) => {
  for (const month of new Set(months)) {
    try {
      const { hasChanged, uris } = await syncPlaylist(machine, month)
      logger.info({ month, hasChanged }, `playlist: ${uris.length} songs`)
    } catch (error) {
      logError(logger, error, { operation: 'playlist' })
    }
  }
}

const owedMonths = ({ store }: TimeMachine): readonly string[] => store.runs.owed('playlist').map(({ month }) => month)

// What a person has undone stays so.
const wantsPlaylist = ({ store }: TimeMachine, { month, parts }: SnapshotReport): boolean =>
  parts.some(({ part, status }) => part === 'tracks-short_term' && status !== 'failed') &&
  store.playlists.get(month)?.state !== 'undone'

/** Snapshot and, once there is a list, playlist: what the schedule runs every month. */
export const monthlyJob = (machine: TimeMachine, logger: StructuredLogger): Promise<SnapshotReport> =>
  withCorrelation(async () => {
    const report = await takeSnapshot(machine)
    logger.info({ month: report.month, outcome: report.outcome }, `snapshot: ${report.summary}`)
    if (report.error !== undefined) logError(logger, report.error, { operation: 'snapshot' })
    const wanted = wantsPlaylist(machine, report) ? [report.month] : []
    await writePlaylists(machine, logger, [...owedMonths(machine), ...wanted])
    return report
  })

/** Writes the playlists that are owed: those of any month whose last write failed. */
export const playlistJob = (machine: TimeMachine, logger: StructuredLogger): Promise<void> =>
  withCorrelation(() => writePlaylists(machine, logger, owedMonths(machine)))
