import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ClientName } from '../clients/client-name.ts'
import type { DayFigures } from './measure.ts'
import type { DayProgress } from './run-day.ts'

/** What a child process tells. */
export type DayMessage =
  | { readonly kind: 'progress'; readonly progress: DayProgress }
  | { readonly kind: 'figures'; readonly figures: DayFigures }

/** Runs a day with one client in a child process, so that the clients do not share connections, timers or CPU time slices. */
export function runInProcess(
  client: ClientName,
  scenario: string,
  seed: number,
  onProgress: (progress: DayProgress) => void,
): Promise<DayFigures> {
  return new Promise((resolve, reject) => {
    const entry = fileURLToPath(new URL('./day-process.ts', import.meta.url))
    const child = fork(entry, [client, scenario, String(seed)])
    const killChild = (): void => {
      child.kill()
    }
    process.once('exit', killChild)
    let figures: DayFigures | undefined
    child.on('message', (message: DayMessage) => {
      if (message.kind === 'progress') onProgress(message.progress)
      else figures = message.figures
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('exit', killChild)
      if (figures !== undefined && code === 0) resolve(figures)
      else
        reject(
          new Error(`the day with ${client} did not finish: exit code ${code ?? 'none'}, signal ${signal ?? 'none'}`),
        )
    })
  })
}
