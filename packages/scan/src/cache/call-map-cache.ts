import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { CallMapRecords } from '@holdfast/analysis/call-map'
import { writeWhole } from '../files/atomic-write.ts'

/** Raised whenever a record holds something else, or the call map says something else of the same code. */
const VERSION = 1
const NAME = 'call-map-records.json'

/** Reads what the last run found out for the call map; undefined when there is nothing, or it is of another release. */
export function readCallMapRecords(folder: string): CallMapRecords | undefined {
  const file = path.join(folder, NAME)
  if (!existsSync(file)) return undefined
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as CallMapRecords & { version?: unknown }
    return kept.version === VERSION ? kept : undefined
  } catch {
    // A cache that cannot be read is written anew; nothing is lost but time.
    return undefined
  }
}

export function writeCallMapRecords(folder: string, records: CallMapRecords): void {
  mkdirSync(folder, { recursive: true })
  writeWhole(path.join(folder, NAME), JSON.stringify({ version: VERSION, ...records }))
}
