import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'oxc-parser'
import { reasonOf, ScanError } from '../errors.ts'
import type { ListedFile } from './source-listing.ts'

/**
 * Imports are followed through the paths of `tsconfig.json`; one that cannot be read would make clients of other files
 * unknown without a word.
 * @throws ScanError that names the file and the line
 */
export function checkTsconfigs(root: string, settings: readonly ListedFile[]): void {
  for (const { path: file } of settings) {
    if (!/(^|\/)(tsconfig|jsconfig)[^/]*\.json$/.test(file)) continue
    let text: string
    try {
      text = readFileSync(path.join(root, file), 'utf8')
    } catch (error) {
      throw new ScanError(`${file} cannot be read: ${reasonOf(error)}.`, { cause: error })
    }
    // JSON with comments and trailing commas is an expression of JavaScript.
    const { errors } = parseSync(`${file}.js`, `(${text.replace(/^\uFEFF/, '')}\n)`)
    const [first] = errors
    if (!first) continue
    const at = first.labels[0]?.start ?? 0
    const line = text.slice(0, Math.max(0, at - 1)).split('\n').length
    throw new ScanError(
      `${file} is broken at line ${line} (${first.message}); imports cannot be followed. Repair it, or add it to \`ignore\`.`,
    )
  }
}
