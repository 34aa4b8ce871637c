import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BodyCipher, DeadLetterQueue, ReplayerOptions, Upstreams } from '@holdfast/dead-letter'
import { UsageError } from './exit.ts'

/** What `holdfast.config.ts` (or `.js`, `.mjs`) exports as its default. */
export interface HoldfastConfig {
  readonly deadLetters?: {
    /** Path of an SQLite file, or a `postgres://` connection string; `--db` and HOLDFAST_DLQ win over it. */
    readonly db?: string
    /** Where letters may be sent again, with the policies of the program; needed by `holdfast dlq replay`. */
    readonly upstreams?: Upstreams
    /** Decrypts bodies. */
    readonly cipher?: BodyCipher
    readonly replayer?: Pick<ReplayerOptions, 'leaseMs' | 'maxReplays' | 'backoff' | 'orderPolicy' | 'concurrency'>
    /** Opens the queue in a way of its own. */
    readonly open?: () => Promise<DeadLetterQueue>
  }
}

/**
 * Gives the config its type in the editor and returns it as it is.
 *
 * @example
 * export default defineConfig({ deadLetters: { db: './var/dead-letters.db', upstreams } })
 */
export const defineConfig = (config: HoldfastConfig): HoldfastConfig => config

const NAMES = ['holdfast.config.ts', 'holdfast.config.mts', 'holdfast.config.js', 'holdfast.config.mjs']

/**
 * The config file that was named, or the one in the current folder; empty without one.
 *
 * @throws {UsageError} When the named file is not there or exports no object.
 */
export const loadConfig = async (named: string | undefined, folder: string): Promise<HoldfastConfig> => {
  const file =
    named === undefined
      ? NAMES.map((name) => path.join(folder, name)).find((name) => existsSync(name))
      : path.resolve(folder, named)
  if (file === undefined) return {}
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}. Give the path of your config to --config.`)
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown }
  if (typeof loaded.default !== 'object' || loaded.default === null)
    throw new UsageError(`${file} has no default export. Write: export default defineConfig({ ... })`)
  return loaded.default
}
