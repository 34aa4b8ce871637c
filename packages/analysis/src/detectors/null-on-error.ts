import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import { boundaryAround } from '../places/boundaries.ts'
import { exportedFunctionAround } from '../places/exported-code.ts'
import { isCacheCall, isOutsideCall } from '../places/outside-calls.ts'
import { nodesWithin } from '../syntax/source-order.ts'
import {
  calleeName,
  enclosingFunction,
  isFunction,
  keyName,
  memberName,
  someNode,
  someOwnNode,
  unwrap,
  walkOwnCode,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { callsIn } from './protected-code.ts'

const PREDICATE =
  /^(is|has|can|does|supports|was|check|ping|test|verify|validate|exists|should|probe|try)([A-Z_]|$)|(Exists|Available|Installed|Healthy|Alive|Ready|Reachable|Valid|Supported|Online|Running)$/
/** Words of a condition that tells "there is none" from "it failed". */
const NARROWING = /404|410|ENOENT|not_?found|NoSuchKey|P2025|^(code|errno|status|statusCode|name)$|^is[A-Z]\w*Error$/i

function isEmptyValue(file: SourceFile, expression: Node): boolean {
  const node = unwrap(expression)
  switch (node.type) {
    case 'Literal':
      return node.value === null || node.value === false
    case 'Identifier': {
      if (node.name === 'undefined') return true
      const value = definitionOf(file, node)
      return value !== node && value.type === 'Literal' && value.value === null
    }
    case 'ArrayExpression':
      return node.elements.length === 0
    case 'ObjectExpression':
      return node.properties.length === 0
    case 'UnaryExpression':
      return (
        node.operator === 'void' ||
        (node.operator === '-' && node.argument.type === 'Literal' && node.argument.value === 1)
      )
    default:
      return false
  }
}

/** A throw, a rejection, or the error handed on. */
function passesOn(body: Node): boolean {
  return someOwnNode(body, (node) => {
    if (node.type === 'ThrowStatement') return true
    return node.type === 'CallExpression' && /^(reject|next|done|callback|cb)$/.test(calleeName(node.callee) ?? '')
  })
}

/** The value depends on what kind of failure it was. */
function isNarrowed(statement: Node, body: Node): boolean {
  let child = statement
  for (let current = statement.parent; current && child !== body; current = current.parent) {
    if (current.type === 'SwitchCase') return true
    if ((current.type === 'IfStatement' || current.type === 'ConditionalExpression') && child !== current.test) {
      const asks = someNode(
        current.test,
        (node) =>
          (node.type === 'Identifier' && NARROWING.test(node.name)) ||
          (node.type === 'Literal' && NARROWING.test(String(node.value))) ||
          (node.type === 'BinaryExpression' && node.operator === 'instanceof'),
      )
      if (asks) return true
    }
    child = current
  }
  return false
}

function emptyReturn(file: SourceFile, body: Node, owner: FunctionNode | undefined): Node | undefined {
  if (body.type !== 'BlockStatement') return isEmptyValue(file, body) ? body : undefined
  let found: Node | undefined
  walkOwnCode(body, (node) => {
    if (node.type !== 'ReturnStatement' || found) return !found
    const isEmpty = node.argument ? isEmptyValue(file, node.argument) : owner !== undefined && givesValues(file, owner)
    if (isEmpty && !isNarrowed(node, body)) found = node
    return !found
  })
  return found
}

/** A function that returns something elsewhere; in one that does not, a bare `return` says nothing. */
function givesValues(file: SourceFile, owner: FunctionNode): boolean {
  return nodesWithin(file.returns, owner).some(
    (statement) =>
      statement.argument && enclosingFunction(statement) === owner && !isEmptyValue(file, statement.argument),
  )
}

function functionName(target: FunctionNode | undefined): string | undefined {
  if (!target) return undefined
  if (target.id) return target.id.name
  const { parent } = target
  if (parent?.type === 'VariableDeclarator') return parent.id.type === 'Identifier' ? parent.id.name : undefined
  if (parent?.type === 'MethodDefinition' || parent?.type === 'Property' || parent?.type === 'PropertyDefinition')
    return keyName(parent.key, parent.computed)
  return undefined
}

/** Functions whose callers are other parts of the program, and want to tell failure from absence. */
function isForCallers(analysis: FileAnalysis, node: Node, value: Node): boolean {
  const exported = exportedFunctionAround(analysis.file, node)
  if (!exported || boundaryAround(analysis.file, node) !== undefined) return false
  if (analysis.file.hasJsx && /^[A-Z]/.test(exported.name)) return false
  const names = [exported.name, functionName(enclosingFunction(node))]
  if (names.some((name) => /cache/i.test(name ?? ''))) return false
  const answer = value.type === 'ReturnStatement' ? value.argument : value
  const isFalse = answer?.type === 'Literal' && answer.value === false
  return !(isFalse && names.some((name) => PREDICATE.test(name ?? '')))
}

function judgeClause(analysis: FileAnalysis, clause: Node & { type: 'CatchClause' }): Finding | undefined {
  const tryStatement = clause.parent
  if (tryStatement?.type !== 'TryStatement' || passesOn(clause.body)) return undefined
  const value = emptyReturn(analysis.file, clause.body, enclosingFunction(clause))
  if (!value || !isForCallers(analysis, clause, value)) return undefined
  const calls = callsIn(tryStatement.block)
  if (!calls.some((call) => isOutsideCall(analysis, call))) return undefined
  return { node: value, messageId: 'absence' }
}

/** The request at the start of a promise chain; what was awaited before belongs to another operation. */
function chainStartsOutside(analysis: FileAnalysis, receiver: Node): boolean {
  for (let current = unwrap(receiver); ;) {
    if (current.type === 'CallExpression') {
      if (isOutsideCall(analysis, current)) return true
      if (isCacheCall(current)) return false
      current = unwrap(current.callee)
    } else if (current.type === 'MemberExpression') current = unwrap(current.object)
    else return false
  }
}

function isValueUsed(call: Node): boolean {
  let current = call.parent
  while (current?.type === 'AwaitExpression' || current?.type === 'ChainExpression') current = current.parent
  return current?.type !== 'ExpressionStatement' && current?.type !== 'UnaryExpression'
}

function judgeRejection(analysis: FileAnalysis, call: CallExpression): Finding | undefined {
  const callee = unwrap(call.callee)
  const argument = call.arguments[0]
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'catch' || !argument || !isValueUsed(call))
    return undefined
  const handler = argument.type === 'SpreadElement' ? undefined : definitionOf(analysis.file, argument)
  if (!handler || !isFunction(handler) || !handler.body || passesOn(handler.body)) return undefined
  const value = emptyReturn(analysis.file, handler.body, handler)
  if (!value || !chainStartsOutside(analysis, callee.object) || !isForCallers(analysis, call, value)) return undefined
  return { node: value, messageId: 'absence' }
}

/** Exported functions that answer a failed call with an empty value. */
export function findNullsOnError(analysis: FileAnalysis): Finding[] {
  if (analysis.kind.isTest) return []
  return [
    ...analysis.file.catches.flatMap((clause) => judgeClause(analysis, clause) ?? []),
    ...analysis.file.callsNamed('catch').flatMap((call) => judgeRejection(analysis, call) ?? []),
  ]
}
