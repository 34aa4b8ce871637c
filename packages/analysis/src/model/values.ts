import {
  isFunction,
  keyName,
  memberName,
  propertyName,
  stringValue,
  unwrap,
  unwrapAwait,
  type Class,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { enclosingClass, firstAssignment, membersOf } from './class-members.ts'
import { cachedByNode } from './node-cache.ts'
import type { Binding } from './scopes.ts'
import type { SourceFile } from './source-file.ts'

/** Where a value comes from: an export of a module (`path[0]` is its name) or an unshadowed global. */
export type Origin =
  | { readonly from: 'module'; readonly module: string; readonly path: readonly string[] }
  | { readonly from: 'global'; readonly path: readonly string[] }

const MAX_DEPTH = 12
const KEPT_TO_DEPTH = 3

export function requiredModule(file: SourceFile, node: Node): string | undefined {
  if (node.type === 'ImportExpression') return stringValue(node.source)
  if (node.type !== 'CallExpression') return undefined
  const callee = unwrap(node.callee)
  if (callee.type !== 'Identifier' || callee.name !== 'require' || file.resolve(callee)) return undefined
  return stringValue(node.arguments[0])
}

function importOrigin(binding: Binding): Origin | undefined {
  const specifier = binding.declaration
  if (specifier.type === 'TSImportEqualsDeclaration') {
    const reference = specifier.moduleReference
    return reference.type === 'TSExternalModuleReference'
      ? { from: 'module', module: reference.expression.value, path: ['*'] }
      : undefined
  }
  const declaration = specifier.parent
  if (declaration?.type !== 'ImportDeclaration') return undefined
  const module = declaration.source.value
  if (specifier.type === 'ImportDefaultSpecifier') return { from: 'module', module, path: ['default'] }
  if (specifier.type === 'ImportNamespaceSpecifier') return { from: 'module', module, path: ['*'] }
  if (specifier.type !== 'ImportSpecifier') return undefined
  const name = keyName(specifier.imported, false)
  return name === undefined ? undefined : { from: 'module', module, path: [name] }
}

/** The one expression that gives a binding its value; undefined when it is assigned more than once or unknown. */
export function definingValue(file: SourceFile, binding: Binding): Node | undefined {
  const { declaration } = binding
  if (binding.kind === 'function' || binding.kind === 'class') return declaration
  if (declaration.type !== 'VariableDeclarator') return undefined
  const writes = file.writes(binding)
  if (declaration.init) {
    if (binding.kind !== 'const' && writes.length > 0) return undefined
    return declaration.id.type === 'Identifier' ? declaration.init : undefined
  }
  const write = writes[0]?.parent
  if (writes.length !== 1 || write?.type !== 'AssignmentExpression' || write.operator !== '=') return undefined
  return write.right
}

/** The key path by which a destructuring pattern reaches an identifier: `{ a: { b } }` gives `['a', 'b']`. */
export function patternPath(pattern: Node, identifier: Node): readonly string[] | undefined {
  const path: string[] = []
  let current: Node | null | undefined = identifier
  while (current && current !== pattern) {
    const parent: Node | null | undefined = current.parent
    if (parent?.type === 'Property') {
      const name = keyName(parent.key, parent.computed)
      if (name === undefined) return undefined
      path.unshift(name)
    } else if (parent?.type === 'ArrayPattern' || parent?.type === 'RestElement') return undefined
    current = parent
  }
  return current ? path : undefined
}

function appended(origin: Origin | undefined, names: readonly string[]): Origin | undefined {
  if (!origin) return undefined
  const path = [...origin.path]
  for (const name of names) {
    if (path.length === 1 && path[0] === '*') path[0] = name
    else path.push(name)
  }
  return { ...origin, path }
}

/** The parameter of `import('x').then((module) => ...)`, also destructured. */
function importedLater(file: SourceFile, binding: Binding, depth: number): Origin | undefined {
  const target = binding.declaration
  const call = target.parent
  if (!isFunction(target) || call?.type !== 'CallExpression' || call.arguments[0] !== target) return undefined
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'then') return undefined
  if (unwrap(callee.object).type !== 'ImportExpression') return undefined
  const pattern = target.params[0]
  const path = pattern ? patternPath(pattern, binding.identifier) : undefined
  return path ? appended(originOf(file, callee.object, depth + 1), path) : undefined
}

/** Follows imports, `require`, destructuring, members and constant aliases to where a value comes from. */
export const originOf: (file: SourceFile, expression: Node, depth?: number) => Origin | undefined = cachedByNode(
  findOrigin,
  { keptToDepth: KEPT_TO_DEPTH },
)

function findOrigin(file: SourceFile, expression: Node, depth: number): Origin | undefined {
  if (depth > MAX_DEPTH) return undefined
  const node = unwrapAwait(expression)
  const required = requiredModule(file, node)
  if (required !== undefined) return { from: 'module', module: required, path: ['*'] }
  if (node.type === 'MemberExpression') {
    const name = memberName(node)
    return name === undefined ? undefined : appended(originOf(file, node.object, depth + 1), [name])
  }
  if (node.type === 'CallExpression') {
    const callee = unwrap(node.callee)
    if (
      callee.type === 'Identifier' &&
      /^_?_*(importDefault|interopRequireDefault|importStar|interopRequireWildcard|toESM)$/.test(callee.name)
    ) {
      const inner = node.arguments[0]
      return inner ? originOf(file, inner, depth + 1) : undefined
    }
    return undefined
  }
  if (node.type !== 'Identifier') return undefined
  const binding = file.resolve(node)
  if (!binding) {
    if (node.name === 'globalThis' || node.name === 'window' || node.name === 'self' || node.name === 'global') {
      return { from: 'global', path: ['*'] }
    }
    return { from: 'global', path: [node.name] }
  }
  if (binding.kind === 'import') return importOrigin(binding)
  if (binding.kind === 'parameter') return importedLater(file, binding, depth)
  const { declaration } = binding
  if (declaration.type !== 'VariableDeclarator' || !declaration.init) {
    const value = definingValue(file, binding)
    return value && !isFunction(value) && value.type !== 'ClassDeclaration'
      ? originOf(file, value, depth + 1)
      : undefined
  }
  if (declaration.id.type === 'Identifier') {
    const value = definingValue(file, binding)
    return value ? originOf(file, value, depth + 1) : undefined
  }
  const path = patternPath(declaration.id, binding.identifier)
  return path ? appended(originOf(file, declaration.init, depth + 1), path) : undefined
}

/** Follows constant names, object members and `this` fields to the expression that defines a value. */
export const definitionOf: (file: SourceFile, expression: Node, depth?: number) => Node = cachedByNode(findDefinition, {
  keptToDepth: KEPT_TO_DEPTH,
})

function findDefinition(file: SourceFile, expression: Node, depth: number): Node {
  const node = unwrap(expression)
  if (depth > MAX_DEPTH) return node
  if (node.type === 'Identifier') {
    const binding = file.resolve(node)
    if (!binding) return node
    const value = definingValue(file, binding)
    if (value) return value === node ? node : definitionOf(file, value, depth + 1)
    const { declaration } = binding
    if (declaration.type === 'VariableDeclarator' && declaration.init && binding.kind === 'const') {
      const path = patternPath(declaration.id, binding.identifier)
      let current: Node | undefined = path ? definitionOf(file, declaration.init, depth + 1) : undefined
      for (const name of path ?? []) current = current ? memberValue(file, current, name, depth + 1) : undefined
      if (current) return current
    }
    return node
  }
  if (node.type === 'MemberExpression') {
    const name = memberName(node)
    if (name === undefined) return node
    if (unwrap(node.object).type === 'ThisExpression') {
      const owner = enclosingClass(node)
      const field = owner ? fieldValue(file, owner, name) : undefined
      return field ? definitionOf(file, field, depth + 1) : node
    }
    const owner = definitionOf(file, node.object, depth + 1)
    return memberValue(file, owner, name, depth + 1) ?? node
  }
  return node
}

function memberValue(file: SourceFile, owner: Node, name: string, depth: number): Node | undefined {
  if (owner.type === 'ObjectExpression') {
    for (let index = owner.properties.length - 1; index >= 0; index -= 1) {
      const property = owner.properties[index]
      if (property?.type !== 'Property') return undefined
      if (propertyName(property) === name) return definitionOf(file, property.value, depth)
    }
  }
  if (owner.type === 'NewExpression' || owner.type === 'ClassDeclaration') {
    const target = owner.type === 'NewExpression' ? definitionOf(file, owner.callee, depth) : owner
    if (target.type === 'ClassDeclaration' || target.type === 'ClassExpression') {
      const value = fieldValue(file, target, name)
      return value ? definitionOf(file, value, depth) : undefined
    }
  }
  return undefined
}

export function superclassOf(file: SourceFile, owner: Class): Class | undefined {
  if (!owner.superClass) return undefined
  const parent = definitionOf(file, owner.superClass)
  return parent.type === 'ClassDeclaration' || parent.type === 'ClassExpression' ? parent : undefined
}

/** The value of a class field: its initializer, its one assignment in the class, its method, or the same up the superclasses. */
export function fieldValue(file: SourceFile, owner: Class, name: string, depth = 0): Node | undefined {
  const value = membersOf(file, owner).values.get(name) ?? firstAssignment(file, owner, name)?.right
  if (value) return value
  const parent = depth < MAX_DEPTH ? superclassOf(file, owner) : undefined
  return parent ? fieldValue(file, parent, name, depth + 1) : undefined
}

/** The function a callee calls, when it is declared in this file. */
export function calledFunction(file: SourceFile, callee: Node): FunctionNode | undefined {
  const value = definitionOf(file, callee)
  if (isFunction(value)) return value
  if (
    value.type === 'CallExpression' &&
    /^use(Callback|Memo)$/.test(
      memberName(unwrap(value.callee)) ?? (value.callee.type === 'Identifier' ? value.callee.name : ''),
    )
  ) {
    const inner = value.arguments[0]
    return inner && isFunction(inner) ? inner : undefined
  }
  return undefined
}
