import path from 'node:path'
import { withTunedV8 } from '@holdfast/analysis/call-map'
import { writeWhole } from '../files/atomic-write.ts'
import { listSources } from '../files/source-listing.ts'
import { callMapOf } from '../files/call-map-of.ts'
import type { ExitCode, OutputPort } from './output-port.ts'
import { runSafely } from './run-safely.ts'
import { watchSources } from './watch-sources.ts'

export interface CallMapCommandOptions {
  /** Default: the working directory. */
  readonly folder?: string
  /** Relative to the folder. Default `.holdfast/call-map.json`, where the ESLint rules look. */
  readonly output?: string
  /** Writes it again whenever a file changes, until it is interrupted. */
  readonly watch?: boolean
  readonly signal?: AbortSignal
}

/** `holdfast call-map`: writes the call map that the ESLint rules read. */
export function callMapCommand(options: CallMapCommandOptions, port: OutputPort): Promise<ExitCode> {
  return runSafely(port, async () => {
    const root = path.resolve(options.folder ?? '.')
    const target = path.resolve(root, options.output ?? '.holdfast/call-map.json')
    const once = async (): Promise<ExitCode> => {
      listSources(root)
      const map = withTunedV8(() => callMapOf(root))
      writeWhole(target, `${JSON.stringify(map, null, 1)}\n`)
      const calls = Object.values(map.files).reduce((sum, file) => sum + file.calls.length, 0)
      const counts = `${Object.keys(map.files).length} files, ${calls} outgoing calls, ${Object.keys(map.instances).length} instances`
      port.stdout(`${counts}: ${path.relative(process.cwd(), target)}\n`)
      for (const file of map.unparsed) port.stderr(`not parsed: ${file}\n`)
      return 0
    }
    return options.watch ? watchSources(root, options.signal, port, once) : once()
  })
}
