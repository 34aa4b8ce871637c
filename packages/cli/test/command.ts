import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

/** Runs the command as its users do: a process of its own, without a terminal. */
export const holdfast = (
  args: readonly string[],
  options: {
    readonly folder: string
    readonly environment?: Readonly<Record<string, string>>
    /** User that runs it; default: who runs the tests. */
    readonly uid?: number
  },
): Promise<CommandResult> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--conditions=@holdfast/source', '--no-warnings', bin, ...args],
      {
        cwd: options.folder,
        encoding: 'utf8',
        timeout: 60_000,
        ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
        env: { PATH: process.env['PATH'], ...options.environment },
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr: stderr.replace(/^holdfast: warning: SQLite .*\n/m, '') })
      },
    )
    child.stdin?.end()
  })
