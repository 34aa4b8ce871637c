import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import type { SourceFile } from '../model/source-file.ts'
import { isFunction, keyName, memberName, unwrap, type FunctionNode, type Node } from '../syntax/nodes.ts'

/**
 * `(input, init) => fetch(input, init)` that is only handed on as a value is `fetch` by another name: it sends what it is
 * given, and who calls it decides how long that may take. A function that this file calls by its name, or exports, is
 * none: its own call is judged.
 */
export function isTransport({ file }: FileAnalysis, { node, value }: HttpCall): boolean {
  if (value.client !== 'fetch' || value.via !== 'module') return false
  let owner: Node | null | undefined = node.parent
  while (owner && !isFunction(owner)) owner = owner.parent
  return isFunction(owner) && handsItsRequestOn(file, owner, node.arguments) && isOnlyHandedOn(file, owner)
}

function handsItsRequestOn(file: SourceFile, owner: FunctionNode, given: readonly Node[]): boolean {
  const isOwn = (argument: Node | undefined): boolean => {
    if (argument?.type !== 'Identifier') return false
    const binding = file.resolve(argument)
    return binding?.kind === 'parameter' && binding.declaration === owner && file.writes(binding).length === 0
  }
  const [first, second] = given
  if (first?.type === 'SpreadElement') return given.length === 1 && isOwn(first.argument)
  return given.length === 2 && isOwn(first) && isOwn(second)
}

const MAX_NAMES = 4

/** A value that is an argument, a member of an argument, or kept under a name of which the same is true. */
function isOnlyHandedOn(file: SourceFile, value: Node, names = 0): boolean {
  let child = value
  for (let holder = value.parent; holder; holder = holder.parent) {
    switch (holder.type) {
      case 'LogicalExpression':
      case 'ConditionalExpression':
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'ObjectExpression':
      case 'Property':
        child = holder
        continue
      case 'CallExpression':
      case 'NewExpression':
        return holder.callee !== child
      case 'PropertyDefinition': {
        const name = keyName(holder.key, holder.computed)
        const isPrivate = holder.key.type === 'PrivateIdentifier' || holder.accessibility === 'private'
        return isPrivate && !file.calls.some(({ callee }) => memberName(unwrap(callee)) === name)
      }
      case 'VariableDeclarator': {
        const binding = holder.id.type === 'Identifier' ? file.resolve(holder.id) : undefined
        if (!binding || names >= MAX_NAMES || holder.parent?.parent?.type === 'ExportNamedDeclaration') return false
        const references = file.references(binding)
        return references.length > 0 && references.every((reference) => isOnlyHandedOn(file, reference, names + 1))
      }
      default:
        return false
    }
  }
  return false
}
