import path from 'node:path'
import { CODEMODS } from '../codemods/all-codemods.ts'
import { missingPackages } from '../codemods/missing-packages.ts'
import { planFixes } from '../codemods/plan-fixes.ts'
import { readConfig } from '../config/read-config.ts'
import { ScanError } from '../errors.ts'
import { writeWhole } from '../files/atomic-write.ts'
import { listSources } from '../files/source-listing.ts'
import { colouredDiff } from '../report/coloured-diff.ts'
import type { ExitCode, OutputPort } from './output-port.ts'
import { runSafely } from './run-safely.ts'
import { scanWithProgress } from './scan-with-progress.ts'

const DEFAULT_TIMEOUT_MS = 10_000

export interface FixCommandOptions {
  /** Name of the codemod; without it the known ones are listed. */
  readonly codemod?: string
  readonly folder?: string
  readonly config?: string
  /** Changes the files; without it the changes are only shown. */
  readonly write?: boolean
  /** Only calls and instances of this host. */
  readonly host?: string
  /** For `timeout`; default 10000. */
  readonly timeoutMs?: number
}

/** Name and purpose of every codemod. */
export const CODEMOD_LIST: readonly { readonly name: string; readonly description: string }[] = CODEMODS.map(
  ({ name, description }) => ({ name, description }),
)

/** `holdfast fix`: shows what a codemod changes as a diff, and with `write` changes it. */
export function fixCommand(options: FixCommandOptions, port: OutputPort): Promise<ExitCode> {
  return runSafely(port, async () => {
    const codemod = CODEMODS.find(({ name }) => name === options.codemod)
    if (!codemod) {
      const width = Math.max(...CODEMODS.map(({ name }) => name.length))
      const list = CODEMODS.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join('\n')
      if (options.codemod !== undefined)
        throw new ScanError(`There is no codemod ${JSON.stringify(options.codemod)}; known are:\n${list}`)
      port.stdout(`${list}\n`)
      return 0
    }
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1)
      throw new ScanError(`--timeout-ms must be a whole number from 1, got ${timeoutMs}.`)
    const root = path.resolve(options.folder ?? '.')
    listSources(root)
    const config = await readConfig(root, options.config)
    const result = scanWithProgress({ root, config }, port)
    const plan = planFixes(codemod, result, config, {
      timeoutMs,
      ...(options.host === undefined ? {} : { host: options.host }),
    })
    for (const file of plan.files) port.stdout(`${colouredDiff(file, port.isTerminal)}\n`)
    for (const { file, line, text } of plan.todos) port.stderr(`for you: ${file}:${line} ${text}\n`)
    const count = plan.files.length === 1 ? '1 file' : `${plan.files.length} files`
    if (plan.files.length === 0) port.stderr('Nothing to change.\n')
    else if (options.write) {
      for (const file of plan.files) writeWhole(path.join(result.root, file.path), file.after)
      port.stderr(`Changed ${count}.\n`)
    } else port.stderr(`${count} would change; --write changes ${plan.files.length === 1 ? 'it' : 'them'}.\n`)
    const missing = missingPackages(result.root, plan.files)
    if (missing.length > 0)
      port.stderr(`The code needs what no package.json names yet: npm install ${missing.join(' ')}\n`)
    return 0
  })
}
