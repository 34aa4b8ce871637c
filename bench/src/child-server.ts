import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server that runs in a process of its own. */
export interface ChildServer {
  readonly url: string
  readonly process: ChildProcess
  close(): Promise<void>
}

/**
 * Starts a server script that sends its address to its parent as the first message.
 *
 * @throws {Error} When the process ends before it listens.
 */
export const startChildServer = async (script: URL, args: readonly string[] = []): Promise<ChildServer> => {
  const child = fork(fileURLToPath(script), [...args], {
    execArgv: ['--conditions=@holdfast/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const gone = once(child, 'exit')
  const first = await Promise.race([once(child, 'message'), gone.then(() => undefined)])
  if (first === undefined) throw new Error(`${script.pathname} ended before it listened.`)
  return {
    url: String(first[0]),
    process: child,
    async close() {
      if (child.connected) child.disconnect()
      else child.kill()
      await gone
    },
  }
}
