import path from 'node:path'
import type { CallMap } from '@holdfast/analysis'
import { buildCallMap } from '@holdfast/analysis/call-map'
import { reasonOf, ScanError } from '../errors.ts'

/** Builds the call map of a folder, and says in words what went wrong. */
export function callMapOf(root: string): CallMap {
  try {
    return buildCallMap(root)
  } catch (error) {
    const file = (error as { path?: unknown } | null)?.path
    const what = typeof file === 'string' ? path.relative(root, file) : 'The call map'
    throw new ScanError(`${what} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}
