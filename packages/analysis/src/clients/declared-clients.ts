import type { SourceFile } from '../model/source-file.ts'
import { definitionOf, originOf, type Origin } from '../model/values.ts'
import type { CallExpression, NewExpression, Node } from '../syntax/nodes.ts'
import { CLIENTS, INJECTED_TYPES, type ClientName } from './client-table.ts'
import { CALLABLE_INSTANCES, type ClientValue, type CodeContext } from './client-value.ts'

function typeName(annotation: Node | null | undefined): Node | undefined {
  const inner = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : annotation
  if (inner?.type === 'TSUnionType') return inner.types.map(typeName).find((name) => name !== undefined)
  return inner?.type === 'TSTypeReference' ? inner.typeName : undefined
}

/** The client that a type annotation names, judged by where the type is imported from. */
export function clientOfType(file: SourceFile, annotation: Node | null | undefined): ClientValue | undefined {
  const name = typeName(annotation)
  if (!name) return undefined
  const last = name.type === 'TSQualifiedName' ? name.right.name : name.type === 'Identifier' ? name.name : ''
  const known = Object.hasOwn(INJECTED_TYPES, last) ? INJECTED_TYPES[last] : undefined
  if (!known) return undefined
  const root = name.type === 'TSQualifiedName' && name.left.type === 'Identifier' ? name.left : name
  if (root.type !== 'Identifier') return undefined
  const binding = file.resolve(root)
  const declaration = binding?.declaration.parent
  if (declaration?.type !== 'ImportDeclaration') return undefined
  const module = declaration.source.value
  if (module !== known.module && !(last === 'HttpService' && module === '@nestjs/common')) return undefined
  return { client: known.client, callable: CALLABLE_INSTANCES.has(known.client), via: 'injected' }
}

/** A client that the settings name. */
export function userClient({ facts }: CodeContext, origin: Origin): ClientName | undefined {
  if (facts.userClients.length === 0) return undefined
  const path = origin.path.filter((name) => name !== 'default' && name !== '*').join('.')
  const names =
    origin.from === 'global' ? [path] : [`${origin.module}#${path}`, ...(path === '' ? [origin.module] : [])]
  const found = facts.userClients.find(({ name }) => names.includes(name))
  if (!found) return undefined
  return found.like !== undefined && Object.hasOwn(CLIENTS, found.like) ? (found.like as ClientName) : 'fetch'
}

/** `ky.extend(kyHooks(policy))`. */
export function takesPolicy(file: SourceFile, creation: CallExpression | NewExpression): boolean {
  const options = creation.arguments[0]
  if (!options || options.type === 'SpreadElement') return false
  const made = definitionOf(file, options)
  const origin = made.type === 'CallExpression' ? originOf(file, made.callee) : undefined
  return origin?.from === 'module' && origin.module === '@holdfast/ky-hooks'
}
