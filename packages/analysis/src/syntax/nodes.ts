import type {
  Argument,
  ArrowFunctionExpression,
  Expression,
  Function as PlainFunction,
  Node,
  ObjectProperty,
} from '@oxc-project/types'
import { collectChildren, reverseFrom } from './child-nodes.ts'

export type {
  Argument,
  ArrowFunctionExpression,
  CallExpression,
  CatchClause,
  Class,
  Decorator,
  Expression,
  ImportDeclaration,
  MemberExpression,
  NewExpression,
  Node,
  ObjectExpression,
  ObjectProperty,
  Program,
  Statement,
  TemplateLiteral,
  TryStatement,
  VariableDeclarator,
} from '@oxc-project/types'

export type FunctionNode = PlainFunction | ArrowFunctionExpression

/** A comment as every ESTree parser reports it: without its delimiters. */
export interface SourceComment {
  readonly type: string
  readonly value: string
  readonly range: readonly [number, number]
}

export function rangeOf(node: Node): readonly [number, number] {
  return node.range ?? [node.start, node.end]
}

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  )
}

/** Walks a subtree without recursion; the visitor answers `false` to leave out the children of a node. */
export function walk(root: Node, visit: (node: Node) => unknown): void {
  const stack: Node[] = [root]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (visit(node) === false) continue
    const first = stack.length
    collectChildren(node, stack)
    reverseFrom(stack, first)
  }
}

/** Like `walk`, but stays in the code that runs with the root: nested functions are left out. */
export function walkOwnCode(root: Node, visit: (node: Node) => unknown): void {
  walk(root, (node) => (node !== root && isFunction(node) ? false : visit(node)))
}

export function someOwnNode(root: Node, test: (node: Node) => boolean): boolean {
  let found = false
  walkOwnCode(root, (node) => {
    if (!found && test(node)) found = true
    return !found
  })
  return found
}

export function someNode(root: Node, test: (node: Node) => boolean): boolean {
  let found = false
  walk(root, (node) => {
    if (!found && test(node)) found = true
    return !found
  })
  return found
}

/** Removes what does not change a value: parentheses, optional chains, type assertions. */
export function unwrap(node: Node): Node {
  let current = node
  for (;;) {
    switch (current.type) {
      case 'ChainExpression':
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'TSInstantiationExpression':
        current = current.expression
        continue
      default:
        return current
    }
  }
}

export function unwrapAwait(node: Node): Node {
  let current = unwrap(node)
  while (current.type === 'AwaitExpression') current = unwrap(current.argument)
  return current
}

/** The name a member access or an object key spells out, or undefined when it is computed. */
export function keyName(key: Node, computed: boolean): string | undefined {
  if (key.type === 'Identifier') return computed ? undefined : key.name
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  if (key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number'))
    return String(key.value)
  return undefined
}

export function memberName(node: Node): string | undefined {
  return node.type === 'MemberExpression' ? keyName(node.property, node.computed) : undefined
}

export function propertyName(property: ObjectProperty): string | undefined {
  return keyName(property.key, property.computed)
}

export function stringValue(node: Node | null | undefined): string | undefined {
  if (!node) return undefined
  const plain = unwrap(node)
  if (plain.type === 'Literal') return typeof plain.value === 'string' ? plain.value : undefined
  if (plain.type === 'TemplateLiteral' && plain.expressions.length === 0)
    return plain.quasis[0]?.value.cooked ?? undefined
  return undefined
}

/** The last name of a callee: `a.b.send()` gives `send`, `send()` gives `send`. */
export function calleeName(callee: Node): string | undefined {
  const plain = unwrap(callee)
  if (plain.type === 'Identifier') return plain.name
  return memberName(plain)
}

/** `a.b.c` as text, for names only; undefined where a part is not a plain name. */
export function dottedName(node: Node): string | undefined {
  let rest = ''
  let current = unwrap(node)
  while (current.type === 'MemberExpression') {
    const name = memberName(current)
    if (name === undefined) return undefined
    rest = `.${name}${rest}`
    current = unwrap(current.object)
  }
  if (current.type === 'ThisExpression') return `this${rest}`
  return current.type === 'Identifier' ? `${current.name}${rest}` : undefined
}

/** The nearest function around a node, or undefined at module level. */
export function enclosingFunction(node: Node): FunctionNode | undefined {
  let current = node.parent
  while (current) {
    if (isFunction(current)) return current
    current = current.parent
  }
  return undefined
}

/** The functions around a node, the nearest first. */
export function functionsAround(node: Node): readonly FunctionNode[] {
  const found: FunctionNode[] = []
  for (let target = enclosingFunction(node); target; target = enclosingFunction(target)) found.push(target)
  return found
}

export function isInside(node: Node, ancestor: Node): boolean {
  let current: Node | null | undefined = node
  while (current) {
    if (current === ancestor) return true
    current = current.parent
  }
  return false
}

/** The outermost expression that only wraps this one: assertions, parentheses, chains. */
export function outerExpression(node: Node): Node {
  let current = node
  while (current.parent && unwrap(current.parent) !== current.parent && unwrap(current.parent) === unwrap(current)) {
    current = current.parent
  }
  return current
}

export function argumentAt(args: readonly Argument[], index: number): Expression | undefined {
  for (let position = 0; position <= index; position += 1) {
    const argument = args[position]
    if (argument === undefined || argument.type === 'SpreadElement') return undefined
    if (position === index) return argument
  }
  return undefined
}

export function hasSpread(args: readonly Argument[]): boolean {
  return args.some((argument) => argument.type === 'SpreadElement')
}

/** `null` or `undefined`, written out. */
export function isNullish(node: Node): boolean {
  return (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined')
}

/** The name under which a function is declared or kept. */
export function nameOf(target: FunctionNode): string | undefined {
  if (target.id) return target.id.name
  const parent = target.parent
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name
  if (parent?.type === 'MethodDefinition' || parent?.type === 'Property') return keyName(parent.key, parent.computed)
  return undefined
}

/** The name of a plain parameter, also with a default value or an access modifier. */
export function patternNameOf(parameter: Node): string | undefined {
  const inner = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
  const target = inner.type === 'AssignmentPattern' ? inner.left : inner
  return target.type === 'Identifier' ? target.name : undefined
}
