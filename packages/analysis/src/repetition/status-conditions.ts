import { definitionOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  isFunction,
  memberName,
  patternNameOf,
  someNode,
  unwrapAwait,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/** What a condition is for one status: a value, or undefined where that cannot be told. */
type Value = boolean | number | 'object' | null | undefined

interface Assumption {
  readonly file: SourceFile
  readonly status: number
  /** Values of parameters of a predicate that is being followed. */
  readonly parameters: ReadonlyMap<string, Value>
}

const STATUS_NAME = /^(status|statusCode|status_code|httpStatus|httpStatusCode|responseStatus|responseCode)$/
const MAX_DEPTH = 12

function isStatusExpression(node: Node): boolean {
  const name = node.type === 'Identifier' ? node.name : memberName(node)
  return name !== undefined && STATUS_NAME.test(name)
}

/** Whether a condition asks for the status of a response at all. */
export function asksForStatus(condition: Node): boolean {
  return someNode(condition, (node) => {
    if (node.type === 'MemberExpression' && memberName(node) === 'ok') return true
    return isStatusExpression(node)
  })
}

function isTruthy(value: Value): boolean | undefined {
  return value === undefined ? undefined : Boolean(value)
}

function compared(operator: string, left: Value, right: Value): boolean | undefined {
  if (typeof left !== 'number' || typeof right !== 'number') {
    if (left === undefined || right === undefined || left === 'object' || right === 'object') return undefined
    if (operator === '===' || operator === '==') return left === right
    return operator === '!==' || operator === '!=' ? left !== right : undefined
  }
  switch (operator) {
    case '===':
    case '==':
      return left === right
    case '!==':
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    default:
      return undefined
  }
}

function calculated(operator: string, left: Value, right: Value): Value {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined
  if (operator === '/') return left / right
  if (operator === '%') return left % right
  if (operator === '-') return left - right
  return operator === '+' ? left + right : undefined
}

function evaluate(given: Assumption, expression: Node, depth: number): Value {
  if (depth > MAX_DEPTH) return undefined
  const node = unwrapAwait(expression)
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' || typeof node.value === 'boolean' || node.value === null
        ? node.value
        : undefined
    case 'Identifier': {
      if (given.parameters.has(node.name)) return given.parameters.get(node.name)
      if (node.name === 'undefined') return null
      if (STATUS_NAME.test(node.name)) return given.status
      const value = definitionOf(given.file, node)
      return value === node || isFunction(value) ? undefined : evaluate(given, value, depth + 1)
    }
    case 'MemberExpression': {
      const name = memberName(node)
      if (name === 'ok') return given.status >= 200 && given.status < 300
      if (isStatusExpression(node)) return given.status
      if (name === 'response') return 'object'
      const value = definitionOf(given.file, node)
      return value.type === 'Literal' ? evaluate(given, value, depth + 1) : undefined
    }
    case 'UnaryExpression': {
      const value = isTruthy(evaluate(given, node.argument, depth + 1))
      return node.operator === '!' && value !== undefined ? !value : undefined
    }
    case 'LogicalExpression': {
      const left = evaluate(given, node.left, depth + 1)
      if (node.operator === '??') return left === null ? evaluate(given, node.right, depth + 1) : left
      const decides = node.operator === '||'
      if (isTruthy(left) === decides) return left
      const right = evaluate(given, node.right, depth + 1)
      if (right === undefined && left !== undefined && asksForStatus(node.left) && !asksForStatus(node.right))
        return left
      if (left !== undefined || isTruthy(right) === decides) return right
      // What has nothing to do with the status leaves the decision to the side that has.
      return asksForStatus(node.right) && !asksForStatus(node.left) ? right : undefined
    }
    case 'ConditionalExpression': {
      const test = isTruthy(evaluate(given, node.test, depth + 1))
      if (test === undefined) return undefined
      return evaluate(given, test ? node.consequent : node.alternate, depth + 1)
    }
    case 'BinaryExpression': {
      const sides = [node.left, node.right].map((side) => comparedSide(given, side, node, depth))
      return compared(node.operator, sides[0], sides[1]) ?? calculated(node.operator, sides[0], sides[1])
    }
    case 'CallExpression':
      return calledValue(given, node, depth)
    default:
      return undefined
  }
}

/** `error.code === 429`: a code that is compared with a status is one. */
function comparedSide(
  given: Assumption,
  side: Node,
  comparison: Node & { type: 'BinaryExpression' },
  depth: number,
): Value {
  const node = unwrapAwait(side)
  if (memberName(node) === 'code') {
    const other = unwrapAwait(side === comparison.left ? comparison.right : comparison.left)
    if (other.type === 'Literal' && typeof other.value === 'number' && other.value >= 400 && other.value < 600)
      return given.status
  }
  return evaluate(given, node, depth + 1)
}

function calledValue(given: Assumption, call: Node & { type: 'CallExpression' }, depth: number): Value {
  const name = calleeName(call.callee)
  const subject = argumentAt(call.arguments, 0)
  const dotted = dottedName(call.callee)
  if (dotted === 'Math.floor' || dotted === 'Math.trunc') {
    const value = subject ? evaluate(given, subject, depth + 1) : undefined
    return typeof value === 'number' ? Math.floor(value) : undefined
  }
  if (dotted === 'Number' && subject) return evaluate(given, subject, depth + 1)
  if ((name === 'includes' || name === 'has') && call.callee.type === 'MemberExpression' && subject) {
    const wanted = evaluate(given, subject, depth + 1)
    const list = numbersOf(given.file, call.callee.object)
    return typeof wanted === 'number' && list ? list.includes(wanted) : undefined
  }
  const target = definitionOf(given.file, call.callee)
  if (!isFunction(target) || !call.arguments.some((argument) => asksForStatus(argument))) return undefined
  const parameters = new Map<string, Value>()
  target.params.forEach((parameter, index) => {
    const argument = argumentAt(call.arguments, index)
    const parameterName = patternNameOf(parameter)
    if (parameterName !== undefined && argument) parameters.set(parameterName, evaluate(given, argument, depth + 1))
  })
  return returned({ ...given, parameters }, target, depth + 1)
}

/** The numbers of a literal list or set, through constants; undefined when it holds anything else. */
export function numbersOf(file: SourceFile, expression: Node): readonly number[] | undefined {
  let node = definitionOf(file, expression)
  if (node.type === 'NewExpression' && calleeName(node.callee) === 'Set') {
    const inner = argumentAt(node.arguments, 0)
    if (!inner) return undefined
    node = definitionOf(file, inner)
  }
  if (node.type !== 'ArrayExpression') return undefined
  const numbers = node.elements.map((element) => (element?.type === 'Literal' ? element.value : undefined))
  return numbers.every((value) => typeof value === 'number') ? numbers : undefined
}

const NO_RETURN = Symbol('no return')

function runStatements(given: Assumption, statements: readonly Node[], depth: number): Value | typeof NO_RETURN {
  for (const statement of statements) {
    if (statement.type === 'ReturnStatement')
      return statement.argument ? evaluate(given, statement.argument, depth + 1) : null
    if (statement.type === 'BlockStatement') {
      const inner = runStatements(given, statement.body, depth + 1)
      if (inner !== NO_RETURN) return inner
      continue
    }
    if (statement.type === 'VariableDeclaration' || statement.type === 'ExpressionStatement') continue
    if (statement.type !== 'IfStatement' || depth > MAX_DEPTH) return undefined
    const test = isTruthy(evaluate(given, statement.test, depth + 1))
    const branches = [statement.consequent, statement.alternate].map((branch) =>
      branch ? runStatements(given, [branch], depth + 1) : NO_RETURN,
    )
    if (test === undefined) {
      if (branches.every((branch) => branch === NO_RETURN)) continue
      return undefined
    }
    const taken = test ? branches[0] : branches[1]
    if (taken !== NO_RETURN) return taken
  }
  return NO_RETURN
}

function returned(given: Assumption, target: FunctionNode, depth: number): Value {
  if (!target.body || depth > MAX_DEPTH) return undefined
  if (target.body.type !== 'BlockStatement') return evaluate(given, target.body, depth)
  const value = runStatements(given, target.body.body, depth)
  return value === NO_RETURN ? null : value
}

const noParameters: ReadonlyMap<string, Value> = new Map()

/** Whether a condition holds for a response with this status; undefined when that depends on something else. */
export function holdsFor(file: SourceFile, condition: Node, status: number): boolean | undefined {
  return isTruthy(evaluate({ file, status, parameters: noParameters }, condition, 0))
}

/** Whether a predicate such as `shouldRetry` answers yes for an error with this status. */
export function predicateHoldsFor(file: SourceFile, predicate: FunctionNode, status: number): boolean | undefined {
  return isTruthy(returned({ file, status, parameters: noParameters }, predicate, 0))
}
