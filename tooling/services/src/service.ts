import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

/** A server of this machine that was started for a test. */
export interface Service {
  readonly port: number
  readonly url: string
  /** Of the server's first process, the parent of all others. */
  readonly pid: number
  /** Starts the server again on the same port and files, after it was killed. */
  restart(): Promise<void>
  /** Ends the server and removes its files. */
  stop(): Promise<void>
}

/** Where a server runs and as whom. */
export interface ServerPlace {
  readonly cwd: string
  readonly uid?: number
  readonly gid?: number
}

/** How a server is started and ended. */
export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly place: ServerPlace
  readonly port: number
  readonly url: string
  readonly isReady: () => Promise<boolean>
  readonly endSignal: NodeJS.Signals
}

const STARTING_MS = 20_000
const STOPPING_MS = 5_000

/**
 * A folder of a server's own under the system's temporary one.
 *
 * @param user - Who owns it and runs the server, where the server refuses to run as root.
 */
export const serverPlace = (name: string, user?: string): ServerPlace => {
  const cwd = mkdtempSync(path.join(tmpdir(), `holdfast-${name}-`))
  if (user === undefined || process.getuid?.() !== 0) return { cwd }
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  const [uid, gid] = [id('-u'), id('-g')]
  chownSync(cwd, uid, gid)
  return { cwd, uid, gid }
}

const startServer = async ({ program, args, place, isReady }: ServerCommand): Promise<ChildProcess> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...place })
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

const stopServer = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  // A server that a test has stopped cannot hear.
  child.kill('SIGCONT')
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), STOPPING_MS)
  await ended
  clearTimeout(late)
}

/**
 * Starts a server and waits until it is ready.
 *
 * @throws {Error} When it does not come up, with what it printed.
 */
export const startService = async (command: ServerCommand): Promise<Service> => {
  let child = await startServer(command)
  return {
    port: command.port,
    url: command.url,
    get pid() {
      return child.pid as number
    },
    async restart() {
      child = await startServer(command)
    },
    async stop() {
      await stopServer(child, command.endSignal)
      rmSync(command.place.cwd, { recursive: true, force: true })
    },
  }
}
