import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { root } from './workspace.ts'

const environment = {
  ...process.env,
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
}

/** Runs a tool of the workspace with its output passed through; true when it exits with 0. */
export function run(command: string, args: readonly string[], cwd = root): boolean {
  const { status, error } = spawnSync(command, args, { cwd, env: environment, stdio: 'inherit' })
  if (error) console.error(`${command} could not be started: ${error.message}`)
  return status === 0
}

/** Runs a tool and returns what it printed; throws with its output when it fails. */
export function capture(command: string, args: readonly string[], cwd = root): string {
  const result = spawnSync(command, args, { cwd, env: environment, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (result.error) throw new Error(`${command} could not be started: ${result.error.message}`)
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} exited with ${result.status ?? 'a signal'}\n${result.stdout}${result.stderr}`,
    )
  }
  return result.stdout
}
