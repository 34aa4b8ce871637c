import { watch } from 'node:fs/promises'
import { ScanError } from '../errors.ts'
import type { ExitCode, OutputPort } from './output-port.ts'

/** Editors write a file in several steps. */
const SETTLE_MS = 150
const WATCHED = /\.(?:[cm]?[jt]s|[jt]sx|vue|json)$/

/** Runs at once and after every change of a source file, until the signal fires; gives back the last exit code. */
export async function watchSources(
  root: string,
  signal: AbortSignal | undefined,
  port: OutputPort,
  run: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const once = async (): Promise<ExitCode> => {
    try {
      return await run()
    } catch (error) {
      // A half-written configuration or tsconfig is repaired by the next key stroke: watching goes on.
      if (!(error instanceof ScanError)) throw error
      port.stderr(`holdfast: ${error.message}\n`)
      return 2
    }
  }
  let last = await once()
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const scheduled = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      running = running.then(async () => {
        last = await once()
      })
    }, SETTLE_MS)
  }
  port.stderr(`Watching ${root}; stop with Ctrl-C.\n`)
  try {
    for await (const { filename } of watch(root, { recursive: true, ...(signal ? { signal } : {}) })) {
      if (
        filename === null ||
        (WATCHED.test(filename) && !/(^|[/\\])(node_modules|\.[^/\\]+|dist)[/\\]/.test(filename))
      )
        scheduled()
    }
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
  await running
  return last
}
