import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { writeWhole } from '../files/atomic-write.ts'

/** Reads what the last run kept under a name; undefined when there is nothing, or it is of another version. */
export function readKept(folder: string, name: string, version: number): object | undefined {
  const file = path.join(folder, name)
  if (!existsSync(file)) return undefined
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown }
    return kept.version === version ? kept : undefined
  } catch {
    // A cache that cannot be read is written anew; nothing is lost but time.
    return undefined
  }
}

export function writeKept(folder: string, name: string, version: number, value: object): void {
  mkdirSync(folder, { recursive: true })
  writeWhole(path.join(folder, name), JSON.stringify({ version, ...value }))
}
