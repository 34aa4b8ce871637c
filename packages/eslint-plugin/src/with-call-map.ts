import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Linter } from 'eslint'

/**
 * A config object that puts the call map and its hash in the settings, so that ESLint's cache is renewed when the map is.
 * @param callMap path relative to the working directory, default `.holdfast/call-map.json`
 */
export function withCallMap(callMap = '.holdfast/call-map.json'): Linter.Config {
  const absolute = path.resolve(callMap)
  const callMapHash = existsSync(absolute)
    ? createHash('sha256').update(readFileSync(absolute)).digest('hex').slice(0, 16)
    : 'absent'
  return { name: 'holdfast/call-map', settings: { holdfast: { callMap, callMapHash } } }
}
