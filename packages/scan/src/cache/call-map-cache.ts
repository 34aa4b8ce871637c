import type { CallMapRecords } from '@holdfast/analysis/call-map'
import { readKept, writeKept } from './kept-file.ts'

/** Raised whenever a record holds something else, or the call map says something else of the same code. */
const VERSION = 2
const NAME = 'call-map-records.json'

/** Reads what the last run found out for the call map; undefined when there is nothing, or it is of another release. */
export function readCallMapRecords(folder: string): CallMapRecords | undefined {
  return readKept(folder, NAME, VERSION) as CallMapRecords | undefined
}

export function writeCallMapRecords(folder: string, records: CallMapRecords): void {
  writeKept(folder, NAME, VERSION, records)
}
