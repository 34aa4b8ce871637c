import type { CallExpression } from '../syntax/nodes.ts'
import { FileCache } from './file-cache.ts'
import type { SourceFile } from './source-file.ts'
import { originOf, type Origin } from './values.ts'

export interface ImportedCall {
  readonly node: CallExpression
  readonly origin: Origin & { readonly from: 'module' }
}

const known = new FileCache<SourceFile, readonly ImportedCall[]>()

/** The calls of what other modules export, in source order: a question about one library need not ask all calls. */
export function importedCalls(file: SourceFile): readonly ImportedCall[] {
  let found = known.get(file)
  if (!found) {
    found = file.calls.flatMap((node) => {
      const origin = originOf(file, node.callee)
      return origin?.from === 'module' ? [{ node, origin }] : []
    })
    known.set(file, found)
  }
  return found
}
