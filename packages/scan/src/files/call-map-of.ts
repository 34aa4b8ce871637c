import path from 'node:path'
import type { CallMap } from '@holdfast/analysis'
import { updateCallMap, type CallMapRecords, type LinkedFile } from '@holdfast/analysis/call-map'
import { reasonOf, ScanError } from '../errors.ts'

/** Builds the call map of a folder, and says in words what went wrong. */
export function callMapOf(root: string): CallMap {
  return updatedCallMap(root, undefined).map
}

/** Builds it with what the last run kept. */
export function updatedCallMap(
  root: string,
  previous: CallMapRecords | undefined,
  onLinked?: (file: LinkedFile) => void,
): ReturnType<typeof updateCallMap> {
  try {
    return updateCallMap(root, previous, onLinked)
  } catch (error) {
    if (error instanceof ScanError) throw error
    const file = (error as { path?: unknown } | null)?.path
    const what = typeof file === 'string' ? path.relative(root, file) : 'The call map'
    throw new ScanError(`${what} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}
