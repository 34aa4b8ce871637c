import { statfsSync } from 'node:fs'
import { databasePath, type Settings } from '../app/settings.ts'
import { explain } from '../messages/explain.ts'
import { checkDatabase, openDatabase } from '../store/index.ts'
import { bad, good, type Finding } from './findings.ts'

const LOCK_WAIT_MS = 300
const LITTLE_BYTES = 50_000_000

const checkDisk = (folder: string): Finding => {
  const { bavail, bsize } = statfsSync(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= LITTLE_BYTES) return good('database', 'disk', `${Math.round(freeBytes / 1e9)} GB free`)
  return bad('database', 'disk', {
    what: 'The disk is nearly full.',
    why: `${Math.round(freeBytes / 1e6)} MB are free; a database that cannot grow stops the snapshots.`,
    todo: 'Make room on the disk of the data folder.',
  })
}

/** There, ours, sound, not locked, with room to grow. */
export const checkDatabaseFile = (settings: Settings): readonly Finding[] => {
  try {
    const database = openDatabase(databasePath(settings), { create: false, lockWaitMs: LOCK_WAIT_MS })
    try {
      checkDatabase(database)
      database.exec('BEGIN IMMEDIATE; ROLLBACK')
    } finally {
      database.close()
    }
    return [good('database', 'file', 'The database is sound and can be written.'), checkDisk(settings.folder)]
  } catch (error) {
    return [bad('database', 'file', explain(error))]
  }
}
