import { definitionOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import { isFunction, someNode, unwrap, type Node } from '../syntax/nodes.ts'
import { startOf } from '../syntax/source-order.ts'

// Names that say "only while developing" or "only when the caller asked for it".
const GUARD_NAME =
  /^(NODE_ENV|__DEV__|(is|in|not)?_?(dev|prod|development|production|debug|debugging|local|test)(_?(mode|env|environment|build|enabled))?|verbose|expose|(show|expose|include|with|send|print)_?\w*(stack|trace|details?|errors?)\w*)$/i
const GUARD_TEXT = /^(dev|development|prod|production|test|local|debug)$/

function namesGuard(node: Node): boolean {
  if (node.type === 'Identifier') return GUARD_NAME.test(node.name)
  if (node.type === 'Literal') return typeof node.value === 'string' && GUARD_TEXT.test(node.value)
  return false
}

/** A condition that asks in which environment the program runs, also through one constant. */
export function isDevelopmentTest(file: SourceFile, test: Node): boolean {
  return someNode(test, (node) => {
    if (namesGuard(node)) return true
    if (node.type !== 'Identifier') return false
    const value = definitionOf(file, node)
    return value !== node && !isFunction(value) && value.type !== 'ClassDeclaration' && someNode(value, namesGuard)
  })
}

function leaves(statement: Node): boolean {
  const last = statement.type === 'BlockStatement' ? statement.body.at(-1) : statement
  return last?.type === 'ReturnStatement' || last?.type === 'ThrowStatement'
}

const firstExits = new WeakMap<Node, number>()

/** Where the first `if (production) return` of a block starts. */
function firstExit(file: SourceFile, block: Node & { type: 'BlockStatement' }): number {
  let offset = firstExits.get(block)
  if (offset === undefined) {
    const exit = block.body.find(
      (statement) =>
        statement.type === 'IfStatement' && leaves(statement.consequent) && isDevelopmentTest(file, statement.test),
    )
    offset = exit ? startOf(exit) : Number.POSITIVE_INFINITY
    firstExits.set(block, offset)
  }
  return offset
}

/** True where code runs in one kind of environment only: inside such a condition, or after one that left the function. */
export function isGuardedByEnvironment(file: SourceFile, start: Node): boolean {
  let child = start
  for (let current = start.parent; current; current = current.parent) {
    if (
      (current.type === 'IfStatement' || current.type === 'ConditionalExpression') &&
      child !== current.test &&
      isDevelopmentTest(file, current.test)
    )
      return true
    if (current.type === 'LogicalExpression' && child === current.right && isDevelopmentTest(file, current.left))
      return true
    if (current.type === 'SwitchCase' && current.parent?.type === 'SwitchStatement') {
      if (isDevelopmentTest(file, current.parent.discriminant)) return true
    }
    if (current.type === 'BlockStatement' && startOf(child) > firstExit(file, current)) return true
    if (isFunction(current)) return false
    child = current
  }
  return false
}

/** The branches of a condition that may run outside development; none when the condition asks for the environment. */
export function unguardedBranches(file: SourceFile, expression: Node): readonly Node[] | undefined {
  const node = unwrap(expression)
  if (node.type === 'ConditionalExpression')
    return isDevelopmentTest(file, node.test) ? [] : [node.consequent, node.alternate]
  if (node.type !== 'LogicalExpression') return undefined
  if (node.operator !== '&&') return [node.left, node.right]
  return isDevelopmentTest(file, node.left) ? [] : [node.right]
}
