import { withTunedV8 } from '@holdfast/analysis/call-map'
import { scanProject, type ScanOptions, type ScanResult } from '../scan-project.ts'
import type { OutputPort } from './output-port.ts'
import { progressLine } from './progress.ts'

/** Scans a folder and shows how far it is. */
export function scanWithProgress(options: Omit<ScanOptions, 'onProgress'>, port: OutputPort): ScanResult {
  const progress = progressLine(port, 'Scanning')
  const result = withTunedV8(() =>
    scanProject({
      ...options,
      onProgress(done, all) {
        progress.show(done, all)
      },
    }),
  )
  progress.clear()
  return result
}
