import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuringProcessError } from './json-process.ts'

/** What one run of a command cost: user CPU of its process from its start, time from start to end, peak memory. */
export interface CommandCost {
  readonly userMs: number
  readonly wallMs: number
  readonly maxRssMb: number
}

const PROBE = `import { writeFileSync } from 'node:fs'
process.on('exit', () => writeFileSync(process.env.BENCH_COST_FILE, JSON.stringify({
  userMs: process.cpuUsage().user / 1_000,
  wallMs: performance.now(),
  maxRssMb: process.resourceUsage().maxRSS / 1_024,
})))`

/**
 * Runs a command of ours as its users start it and says what it cost. It may end with 1, which says that it found
 * something.
 *
 * @throws {MeasuringProcessError} When it fails or takes longer than `timeoutMs`.
 */
export const commandCost = async (
  command: string,
  args: readonly string[],
  nodeOptions: readonly string[],
  timeoutMs = 500_000,
): Promise<CommandCost> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-command-'))
  const file = join(folder, 'cost.json')
  try {
    await new Promise<void>((resolve, reject) => {
      execFile(
        process.execPath,
        [...nodeOptions, `--import=data:text/javascript,${encodeURIComponent(PROBE)}`, command, ...args],
        { timeout: timeoutMs, maxBuffer: 2 ** 24, env: { ...process.env, BENCH_COST_FILE: file } },
        (error, _stdout, stderr) => {
          if (!error || error.code === 1) resolve()
          else reject(new MeasuringProcessError(`${command} failed (${args.join(' ')}):\n${stderr || error.message}`))
        },
      )
    })
    return JSON.parse(readFileSync(file, 'utf8')) as CommandCost
  } finally {
    rmSync(folder, { recursive: true })
  }
}
