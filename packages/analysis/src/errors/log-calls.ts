import { FileCache } from '../model/file-cache.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { readLogCall, type LogCall } from './loggers.ts'

const known = new FileCache<FileAnalysis, readonly LogCall[]>()

/** Every log call of a file, read once for all detectors. */
export function logCallsOf(analysis: FileAnalysis): readonly LogCall[] {
  let calls = known.get(analysis)
  if (!calls) {
    calls = analysis.file.calls.flatMap((call) => readLogCall(analysis, call) ?? [])
    known.set(analysis, calls)
  }
  return calls
}
