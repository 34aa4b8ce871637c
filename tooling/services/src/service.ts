import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

/** A server of this machine that was started for a test. */
export interface Service {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** Ends the server and removes its files. */
  stop(): Promise<void>
}

const STARTING_MS = 20_000
const STOPPING_MS = 5_000

/** Starts a server and waits until `isReady`; what it printed is in the error when it does not come up. */
export const startServer = async (
  program: string,
  args: readonly string[],
  isReady: () => Promise<boolean>,
  options: { readonly uid?: number; readonly gid?: number; readonly cwd: string },
): Promise<ChildProcess> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const untilMs = performance.now() + STARTING_MS
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() > untilMs) {
      child.kill('SIGKILL')
      throw new Error(`${program} did not start:\n${output}`)
    }
    await pause(25)
  }
  return child
}

/** Asks a server to end, and makes it end when it does not. */
export const stopServer = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  // A server that a test has stopped cannot hear.
  child.kill('SIGCONT')
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), STOPPING_MS)
  await ended
  clearTimeout(late)
}
