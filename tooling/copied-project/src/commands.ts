import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

const bin = join(root, 'node_modules/.bin')
const longestMs = 240_000

/** The toolchain's Node.js. */
export const nodePath = join(bin, 'node')

/**
 * Runs a command of the toolchain and returns what it prints.
 *
 * @throws {Error} With the output, when it fails.
 */
export function run(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      timeout: longestMs,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    })
  } catch (error) {
    // tsc tells what is wrong on standard output, which the error's message leaves out.
    const { stdout = '' } = error as { stdout?: string }
    throw new Error(`${command} failed in ${cwd}: ${stdout}`, { cause: error })
  }
}
