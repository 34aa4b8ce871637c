import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { reasonOf, ScanError } from '../errors.ts'
import { checkConfig } from './check-config.ts'
import type { HoldfastConfig } from './config.ts'

export const CONFIG_NAMES = [
  'holdfast.config.ts',
  'holdfast.config.mts',
  'holdfast.config.js',
  'holdfast.config.mjs',
  'holdfast.config.json',
] as const

/**
 * Reads the configuration of a folder, or the file given. Without one everything has its default.
 * @throws ScanError when a file is given and is not there, or the file is wrong
 */
export async function readConfig(root: string, given?: string): Promise<HoldfastConfig> {
  const file =
    given === undefined
      ? CONFIG_NAMES.map((name) => path.join(root, name)).find((name) => existsSync(name))
      : path.resolve(given)
  if (file === undefined) return {}
  const name = path.relative(process.cwd(), file)
  if (!existsSync(file)) throw new ScanError(`The configuration ${name} does not exist.`)
  return checkConfig(file.endsWith('.json') ? readJson(file, name) : await importModule(file, name), name)
}

function readJson(file: string, name: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch (error) {
    throw new ScanError(`${name} is no JSON: ${reasonOf(error)}.`, { cause: error })
  }
}

async function importModule(file: string, name: string): Promise<unknown> {
  try {
    // A watching process must see an edited configuration.
    const url = `${pathToFileURL(file).href}?modified=${statSync(file).mtimeMs}`
    return ((await import(url)) as { default?: unknown }).default
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION')
      throw new ScanError(`${name} needs Node.js 22.18 or newer; use holdfast.config.json here.`, { cause: error })
    throw new ScanError(`${name} cannot be loaded: ${reasonOf(error)}`, { cause: error })
  }
}
