import { execFileSync } from 'node:child_process'
import process from 'node:process'

// PostgreSQL serves every connection with a process of its own.
const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([id, parent]) => (id !== undefined && parent === pid ? [id] : []))

/** Sends a signal to a server and to the processes it has started. */
export const signalServer = (pid: number, signal: NodeJS.Signals): void => {
  // The parent first: a frozen or dead one starts no others.
  for (const id of [pid, ...childrenOf(pid)]) process.kill(id, signal)
}
