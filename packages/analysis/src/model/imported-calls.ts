import { unwrap, type CallExpression, type Node } from '../syntax/nodes.ts'
import { FileCache } from './file-cache.ts'
import type { SourceFile } from './source-file.ts'
import { originOf, type Origin } from './values.ts'

export interface ImportedCall {
  readonly node: CallExpression
  readonly origin: Origin & { readonly from: 'module' }
}

/** False for what belongs to a global, to `this` or to a function of the file: most calls of most files. */
function mayBeImported(file: SourceFile, callee: Node): boolean {
  let root = unwrap(callee)
  while (root.type === 'MemberExpression') root = unwrap(root.object)
  if (root.type === 'ThisExpression') return false
  if (root.type !== 'Identifier') return true
  const kind = file.resolve(root)?.kind
  return kind !== undefined && kind !== 'function' && kind !== 'class'
}

const known = new FileCache<SourceFile, readonly ImportedCall[]>()

/** The calls of what other modules export, in source order: a question about one library need not ask all calls. */
export function importedCalls(file: SourceFile): readonly ImportedCall[] {
  let found = known.get(file)
  if (!found) {
    found = file.calls.flatMap((node) => {
      const origin = mayBeImported(file, node.callee) ? originOf(file, node.callee) : undefined
      return origin?.from === 'module' ? [{ node, origin }] : []
    })
    known.set(file, found)
  }
  return found
}
