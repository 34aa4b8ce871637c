import { moduleExportsOf } from '../model/module-exports.ts'
import { FileCache } from '../model/file-cache.ts'
import { definitionOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import { isFunction, keyName, propertyName, type Class, type FunctionNode, type Node } from '../syntax/nodes.ts'

const known = new FileCache<SourceFile, ReadonlyMap<Node, string>>()

function addMembers(owner: Class, into: Map<Node, string>): void {
  for (const member of owner.body.body) {
    if (member.type !== 'MethodDefinition' && member.type !== 'PropertyDefinition') continue
    const isPrivate = member.key.type === 'PrivateIdentifier' || member.accessibility === 'private'
    const name = keyName(member.key, member.computed)
    if (isPrivate || name === undefined || !member.value || !isFunction(member.value)) continue
    into.set(member.value, name)
  }
}

/** The name a default export has in its own file. */
function ownName(exported: Node, target: FunctionNode): string | undefined {
  return target.id?.name ?? (exported.type === 'Identifier' ? exported.name : undefined)
}

/** The functions that other files can call, with their names: exports, public methods of exported classes, members of exported objects. */
function exportedFunctions(file: SourceFile): ReadonlyMap<Node, string> {
  const found = new Map<Node, string>()
  const add = (node: Node, name: string, depth: number): void => {
    const value = definitionOf(file, node)
    if (isFunction(value)) {
      const isMain = name === 'default' || name === '*'
      found.set(value, isMain ? (ownName(node, value) ?? 'this function') : name)
    } else if (value.type === 'ClassDeclaration' || value.type === 'ClassExpression') addMembers(value, found)
    else if (value.type === 'NewExpression' && depth < 2) add(value.callee, name, depth + 1)
    else if (value.type === 'ObjectExpression' && depth < 2) {
      for (const property of value.properties) {
        const key = property.type === 'Property' ? propertyName(property) : undefined
        if (property.type === 'Property' && key !== undefined) add(property.value, key, depth + 1)
      }
    }
  }
  for (const [name, target] of moduleExportsOf(file).named) if ('node' in target) add(target.node, name, 0)
  return found
}

/** The name of the exported function around a node, however deep it is nested in it. */
export function exportedFunctionAround(file: SourceFile, node: Node): { name: string; node: Node } | undefined {
  let functions = known.get(file)
  if (!functions) {
    functions = exportedFunctions(file)
    known.set(file, functions)
  }
  if (functions.size === 0) return undefined
  for (let current: Node | null | undefined = node; current; current = current.parent) {
    const name = functions.get(current)
    if (name !== undefined) return { name, node: current }
  }
  return undefined
}
