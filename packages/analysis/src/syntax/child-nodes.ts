import type { Node } from '@oxc-project/types'

/** The child keys of each node type, as every parser for ESLint gives them. */
export type VisitorKeys = Readonly<Record<string, readonly string[] | undefined>>

const SKIPPED_KEYS = new Set([
  'parent',
  'loc',
  'range',
  'start',
  'end',
  'tokens',
  'comments',
  'type',
  'raw',
  'templateBody',
])

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/**
 * Appends the child nodes of a node in source order. The commonest types are spelled out, because a property read under a
 * constant name is several times faster than one under a name from a list. Of the others come the parser's keys or, for
 * a type that it has none for, all that look like nodes.
 */
export function collectChildren(node: Node, into: Node[], visitorKeys?: VisitorKeys): void {
  switch (node.type) {
    case 'Literal':
    case 'TemplateElement':
    case 'JSXText':
    case 'JSXIdentifier':
    case 'ThisExpression':
    case 'TSStringKeyword':
    case 'TSNumberKeyword':
    case 'TSBooleanKeyword':
      return
    case 'Identifier':
      addAll(node.decorators, into)
      add(node.typeAnnotation, into)
      return
    case 'MemberExpression':
      into.push(node.object, node.property)
      return
    case 'CallExpression':
    case 'NewExpression':
      into.push(node.callee)
      add(node.typeArguments, into)
      addAll(node.arguments, into)
      return
    case 'Property':
      into.push(node.key, node.value)
      return
    case 'ObjectExpression':
      addAll(node.properties, into)
      return
    case 'ArrayExpression':
      addAll(node.elements, into)
      return
    case 'BlockStatement':
      addAll(node.body, into)
      return
    case 'ExpressionStatement':
    case 'ChainExpression':
    case 'JSXExpressionContainer':
      into.push(node.expression)
      return
    case 'VariableDeclaration':
      addAll(node.declarations, into)
      return
    case 'VariableDeclarator':
      into.push(node.id)
      add(node.init, into)
      return
    case 'ReturnStatement':
    case 'AwaitExpression':
    case 'UnaryExpression':
    case 'SpreadElement':
    case 'ThrowStatement':
      add(node.argument, into)
      return
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      into.push(node.left, node.right)
      return
    case 'IfStatement':
    case 'ConditionalExpression':
      into.push(node.test, node.consequent)
      add(node.alternate, into)
      return
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      add(node.id, into)
      add(node.typeParameters, into)
      addAll(node.params, into)
      add(node.returnType, into)
      add(node.body, into)
      return
    case 'MethodDefinition':
      addAll(node.decorators, into)
      into.push(node.key, node.value)
      return
    case 'ImportSpecifier':
      into.push(node.imported, node.local)
      return
    case 'JSXOpeningElement':
      into.push(node.name)
      add(node.typeArguments, into)
      addAll(node.attributes, into)
      return
    case 'JSXClosingElement':
      into.push(node.name)
      return
    case 'TSPropertySignature':
      into.push(node.key)
      add(node.typeAnnotation, into)
      return
    case 'TSArrayType':
      into.push(node.elementType)
      return
    case 'TSTypeParameterInstantiation':
      addAll(node.params, into)
      return
    case 'TemplateLiteral':
      addAll(node.quasis, into)
      addAll(node.expressions, into)
      return
    case 'JSXElement':
      into.push(node.openingElement)
      addAll(node.children, into)
      add(node.closingElement, into)
      return
    case 'JSXAttribute':
      into.push(node.name)
      add(node.value, into)
      return
    case 'TSTypeAnnotation':
      into.push(node.typeAnnotation)
      return
    case 'TSTypeReference':
      into.push(node.typeName)
      add(node.typeArguments, into)
      return
    default:
      collectByKeys(node, into, visitorKeys?.[node.type])
  }
}

/** Turns the end of a stack around, so that the children put there last are taken in source order. */
export function reverseFrom(stack: Node[], first: number): void {
  for (let low = first, high = stack.length - 1; low < high; low += 1, high -= 1) {
    const node = stack[low] as Node
    stack[low] = stack[high] as Node
    stack[high] = node
  }
}

function collectByKeys(node: Node, into: Node[], keys: readonly string[] | undefined): void {
  const values = node as unknown as Record<string, unknown>
  if (keys) {
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] as string
      if (key !== 'templateBody') addUnknown(values[key], into)
    }
    return
  }
  for (const key in values) if (!SKIPPED_KEYS.has(key)) addUnknown(values[key], into)
}

function add(child: Node | null | undefined, into: Node[]): void {
  if (child) into.push(child)
}

function addAll(children: readonly (Node | null)[] | undefined, into: Node[]): void {
  if (!children) return
  for (let index = 0; index < children.length; index += 1) {
    const child = children[index]
    if (child) into.push(child)
  }
}

function addUnknown(value: unknown, into: Node[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) if (isNode(element)) into.push(element)
  } else if (isNode(value)) into.push(value)
}
