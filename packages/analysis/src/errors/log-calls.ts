import { FileCache } from '../model/file-cache.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { inSourceOrder } from '../syntax/source-order.ts'
import { LOG_METHODS, readLogCall, type LogCall } from './loggers.ts'

const known = new FileCache<FileAnalysis, readonly LogCall[]>()

/** Every log call of a file, read once for all detectors. */
export function logCallsOf(analysis: FileAnalysis): readonly LogCall[] {
  let calls = known.get(analysis)
  if (!calls) {
    const named = LOG_METHODS.flatMap((method) => analysis.file.callsNamed(method))
    calls = inSourceOrder(named).flatMap((call) => readLogCall(analysis, call) ?? [])
    known.set(analysis, calls)
  }
  return calls
}
