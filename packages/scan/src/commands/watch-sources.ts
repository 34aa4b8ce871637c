import { watch } from 'node:fs'
import { ScanError } from '../errors.ts'
import type { ExitCode, OutputPort } from './output-port.ts'

/** Editors write a file in several steps. */
const SETTLE_MS = 150
const UNWATCHED = /(^|[/\\])(node_modules|\.[^/\\]+|dist)[/\\]/
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
  let timer: NodeJS.Timeout | undefined
  let last: ExitCode = 0
  let running = Promise.resolve()
  const next = (): void => {
    running = running.then(async () => {
      last = await once()
    })
  }
  // Before the first run, so that no change during it is missed.
  const watcher = watch(root, { recursive: true }, (_event, filename) => {
    if (filename !== null && (!WATCHED.test(filename) || UNWATCHED.test(filename))) return
    clearTimeout(timer)
    timer = setTimeout(next, SETTLE_MS)
  })
  const ended = new Promise<void>((resolve, reject) => {
    watcher.once('error', reject)
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
  next()
  try {
    await Promise.race([running, ended])
    port.stderr(`Watching ${root}; stop with Ctrl-C.\n`)
    await ended
  } finally {
    watcher.close()
    clearTimeout(timer)
  }
  await running
  return last
}
