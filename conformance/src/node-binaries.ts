import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** One version of Node that the packages are published for. */
export interface NodeBinary {
  readonly version: string
  readonly path: string
}

const inConformance = (path: string): string => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url))

/** The Node that runs the tests, the oldest supported and the newest one. */
export const NODE_BINARIES: readonly NodeBinary[] = [
  { version: '22', path: inConformance('node22/bin/node') },
  { version: '24', path: process.execPath },
  { version: '26', path: inConformance('node26/bin/node') },
]

/**
 * Runs a TypeScript file of this workspace and gives what it printed.
 *
 * @throws {Error} When it fails or does not end within `timeoutMs`; the message holds what it wrote to stderr.
 */
export const runFile = (
  { path, version }: NodeBinary,
  file: URL,
  { args = [], flags = [], timeoutMs = 60_000 }: { args?: string[]; flags?: string[]; timeoutMs?: number } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const command = ['--conditions=@holdfast/source', ...flags, fileURLToPath(file), ...args]
    // The test runner's own NODE_OPTIONS are not for the child.
    const env = { ...process.env, NODE_OPTIONS: '' }
    execFile(path, command, { timeout: timeoutMs, maxBuffer: 64 * 1_024 ** 2, env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`Node ${version} failed with ${file.pathname}: ${error.message}\n${stderr}`))
    })
  })
