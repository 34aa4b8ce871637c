import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A measuring process ended badly; the message holds what it printed. */
export class MeasuringProcessError extends Error {
  override readonly name = 'MeasuringProcessError'
}

interface JsonProcess {
  readonly script: URL
  readonly args: readonly string[]
  readonly nodeOptions: readonly string[]
  readonly timeoutMs: number
}

/**
 * Runs a script in a Node process of its own and returns the JSON it prints.
 *
 * @throws {MeasuringProcessError} When it fails or takes longer than `timeoutMs`.
 */
export const runJsonProcess = async <Result>({
  script,
  args,
  nodeOptions,
  timeoutMs,
}: JsonProcess): Promise<Result> => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...nodeOptions, fileURLToPath(script), ...args], {
      timeout: timeoutMs,
      maxBuffer: 2 ** 24,
    })
    return JSON.parse(stdout) as Result
  } catch (error) {
    const { stderr = '', killed } = error as { stderr?: string; killed?: boolean }
    const why = killed === true ? `it took longer than ${timeoutMs / 1_000} s` : stderr.trim() || String(error)
    throw new MeasuringProcessError(`A measuring process failed (${args.join(' ')}):\n${why}`)
  }
}
