import { readFileSync, statSync } from 'node:fs'
import { factsFromCallMap, parseCallMap, type CallMap, type ProjectFacts } from '@holdfast/analysis'

interface Loaded {
  readonly modifiedMs: number
  readonly map: CallMap
}

const loaded = new Map<string, Loaded>()

/** The facts of the call map about one file; undefined without a map or when the file changed since it was written. */
export function callMapFor(mapPath: string, relative: string, text: string): Partial<ProjectFacts> | undefined {
  const modifiedMs = statSync(mapPath, { throwIfNoEntry: false })?.mtimeMs
  if (modifiedMs === undefined) return undefined
  let entry = loaded.get(mapPath)
  if (!entry || entry.modifiedMs !== modifiedMs) {
    entry = { modifiedMs, map: parseCallMap(readFileSync(mapPath, 'utf8')) }
    loaded.set(mapPath, entry)
  }
  return factsFromCallMap(entry.map, relative, text)
}
