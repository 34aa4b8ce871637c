import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Load, SentCall } from './limited-process.ts'

/** Processes that share a limit. */
export interface Fleet {
  readonly sent: SentCall[]
  /** Calls a second between two moments, by the clock of this machine. */
  rate(fromMs: number, toMs: number): number
  /** The most calls in any second. */
  busiestSecond(): number
  stop(): Promise<void>
}

export const nowMs = (): number => performance.timeOrigin + performance.now()

/** Starts a file of this folder with the sources of the workspace. */
export const forkSource = (file: string, args: readonly string[]): ChildProcess =>
  fork(fileURLToPath(new URL(file, import.meta.url)), [...args], {
    execArgv: ['--conditions=@holdfast/source', '--no-warnings'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

export const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve))

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the process ended with ${code} before it was ready`))
    })
    child.once('message', () => {
      child.removeAllListeners('exit')
      resolve()
    })
  })

export const startFleet = async (size: number, load: Load): Promise<Fleet> => {
  const children = Array.from({ length: size }, () => forkSource('./limited-process.ts', [JSON.stringify(load)]))
  const sent: SentCall[] = []
  await Promise.all(children.map(ready))
  for (const child of children) {
    child.on('message', (batch: SentCall[]) => void sent.push(...batch))
    child.send('go')
  }
  return {
    sent,
    rate: (fromMs, toMs) => (sent.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).length * 1_000) / (toMs - fromMs),
    busiestSecond() {
      const times = sent.map(({ atMs }) => atMs).toSorted((left, right) => left - right)
      let first = 0
      let most = 0
      for (const [last, atMs] of times.entries()) {
        while (atMs - (times[first] ?? 0) >= 1_000) first += 1
        most = Math.max(most, last - first + 1)
      }
      return most
    },
    async stop() {
      for (const child of children) if (child.connected) child.disconnect()
      const late = setTimeout(() => {
        for (const child of children) child.kill('SIGKILL')
      }, 2_000)
      await Promise.all(children.map(ended))
      clearTimeout(late)
      await pause(0)
    },
  }
}
