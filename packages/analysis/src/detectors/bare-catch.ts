import { usesName } from '../errors/error-values.ts'
import { readLogCall } from '../errors/loggers.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import { textOf } from '../model/source-file.ts'
import { nameOf } from '../protections/retries.ts'
import {
  calleeName,
  enclosingFunction,
  isFunction,
  memberName,
  rangeOf,
  someNode,
  unwrap,
  walkOwnCode,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { classifyProtectedCode, isCleanupCall, isProbeCall } from './protected-code.ts'

export interface BareCatchOptions {
  readonly comments: 'explain' | 'any' | 'never'
  readonly handlers: readonly string[]
  readonly strictProbes: boolean
}

const EMPTY_VALUES = /^(null|undefined|false|true|void 0|''|""|``|\[\]|\{\}|-?\d+|NaN)$/

/** Words of comments that explain something: directives and empty phrases do not count. */
function explains(text: string, options: BareCatchOptions): boolean {
  if (options.comments === 'never') return false
  const cleaned = text.replace(/^[\s*/!-]+/, '').trim()
  if (/^(eslint|biome|oxlint|prettier|istanbul|c8|v8|@ts-|tslint|noinspection|sonar|noop$)/i.test(cleaned)) return false
  const words = cleaned.replace(/\b(TODO|FIXME|XXX)\b:?/g, '').match(/[\p{L}\p{N}'’_.-]+/gu) ?? []
  return options.comments === 'any' ? words.length > 0 : words.length >= 3
}

function isExplained(analysis: FileAnalysis, handler: Node, statement: Node, options: BareCatchOptions): boolean {
  const [start, end] = rangeOf(handler)
  const [statementStart, statementEnd] = rangeOf(statement)
  const { text } = analysis.file
  const inside = analysis.file.comments.filter((comment) => {
    const [from, to] = comment.range
    if (from >= start && to <= end) return true
    if (from >= end && !text.slice(end, from).includes('\n')) return true
    if (handler.type === 'CatchClause') return false
    if (from >= statementEnd) return !text.slice(statementEnd, from).includes('\n')
    return to <= statementStart && /^[ \t]*\n?[ \t]*$/.test(text.slice(to, statementStart))
  })
  // Consecutive line comments are one explanation.
  return (
    explains(inside.map((comment) => comment.value).join(' '), options) ||
    inside.some((comment) => explains(comment.value, options))
  )
}

function isEmptyValue(analysis: FileAnalysis, node: Node): boolean {
  const plain = unwrap(node)
  if (EMPTY_VALUES.test(textOf(analysis.file, plain).replace(/\s/g, ''))) return true
  if (plain.type === 'NewExpression') return plain.arguments.length === 0
  if (plain.type === 'ObjectExpression')
    return plain.properties.every((property) => property.type === 'Property' && isEmptyValue(analysis, property.value))
  return (
    plain.type === 'Identifier' &&
    definitionOf(analysis.file, plain) !== plain &&
    EMPTY_VALUES.test(textOf(analysis.file, definitionOf(analysis.file, plain)))
  )
}

/** True when the handler does anything but give an empty value: a call, a throw, an assignment that says something. */
function handles(analysis: FileAnalysis, body: Node, options: BareCatchOptions): boolean {
  if (body.type !== 'BlockStatement') return !isEmptyValue(analysis, body) && !isSettling(analysis, body)
  let handled = false
  walkOwnCode(body, (node) => {
    if (node.type === 'ThrowStatement' || node.type === 'UpdateExpression' || node.type === 'AwaitExpression')
      handled = true
    if (node.type === 'NewExpression' && node.arguments.length > 0) handled = true
    if (node.type === 'CallExpression' && !isSettling(analysis, node)) handled = true
    if (
      node.type === 'ReturnStatement' &&
      node.argument &&
      !isEmptyValue(analysis, node.argument) &&
      !isSettling(analysis, node.argument)
    )
      handled = true
    if (node.type === 'AssignmentExpression') {
      const value = unwrap(node.right)
      const isFlag = value.type === 'Literal' && typeof value.value === 'boolean'
      if (isFlag || !isEmptyValue(analysis, node.right)) handled = true
    }
    if (node.type === 'CallExpression' && options.handlers.includes(calleeName(node.callee) ?? '')) handled = true
    return !handled
  })
  return handled
}

/** Calls that only pass an empty value on: `resolve(null)`, `Promise.resolve([])`, `noop()`. */
function isSettling(analysis: FileAnalysis, node: Node): boolean {
  const plain = unwrap(node)
  if (plain.type !== 'CallExpression') return false
  if (readLogCall(analysis, plain)) return false
  const name = calleeName(plain.callee) ?? ''
  if (!/^(resolve|noop|clearTimeout|clearInterval)$/.test(name)) return false
  return (
    name.startsWith('clear') ||
    plain.arguments.every((argument) => argument.type !== 'SpreadElement' && isEmptyValue(analysis, argument))
  )
}

/** Trying the next candidate of a loop, or code after the `try` that takes over. */
function recoversAfterwards(tryStatement: Node & { type: 'TryStatement' }, handler: Node): boolean {
  if (someNode(handler, (node) => node.type === 'ReturnStatement')) return false
  const leaves = someNode(
    tryStatement.block,
    (node) => node.type === 'ReturnStatement' || node.type === 'BreakStatement',
  )
  if (!leaves) return false
  let current: Node | null | undefined = tryStatement
  while (current && !isFunction(current)) {
    if (/^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(current.type)) return true
    const owner: Node | null | undefined = current.parent
    if (owner?.type === 'BlockStatement' || owner?.type === 'Program') {
      const rest = owner.body.slice(owner.body.indexOf(current as never) + 1)
      if (
        rest.some((statement) =>
          someNode(
            statement,
            (node) =>
              node.type === 'CallExpression' || node.type === 'ThrowStatement' || node.type === 'AwaitExpression',
          ),
        )
      )
        return true
    }
    current = owner
  }
  return false
}

function valueText(analysis: FileAnalysis, body: Node): string | undefined {
  if (body.type !== 'BlockStatement') return textOf(analysis.file, body)
  let value: string | undefined
  walkOwnCode(body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument) value = textOf(analysis.file, node.argument)
  })
  return value !== undefined && value.length <= 20 ? value : undefined
}

function clientIn(analysis: FileAnalysis, code: Node): string | undefined {
  return analysis.httpCalls.find(
    (call) => rangeOf(call.node)[0] >= rangeOf(code)[0] && rangeOf(call.node)[1] <= rangeOf(code)[1],
  )?.value.client
}

function finding(analysis: FileAnalysis, node: Node, body: Node, code: Node, what: string): Finding {
  const client = clientIn(analysis, code)
  const value = valueText(analysis, body)
  if (client !== undefined && value !== undefined) return { node, messageId: 'value', data: { client, value } }
  return { node, messageId: 'dropped', data: { what: client === undefined ? what : `${client} call` } }
}

/** Handlers that make a failure disappear. */
export function findBareCatches(analysis: FileAnalysis, options: BareCatchOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  for (const clause of analysis.file.catches) {
    const result = judgeClause(analysis, clause, options)
    if (result) findings.push(result)
  }
  for (const call of analysis.file.calls) {
    const result = judgeHandlerCall(analysis, call, options)
    if (result) findings.push(result)
  }
  return findings
}

function judgeClause(
  analysis: FileAnalysis,
  clause: Node & { type: 'CatchClause' },
  options: BareCatchOptions,
): Finding | undefined {
  const tryStatement = clause.parent
  if (tryStatement?.type !== 'TryStatement') return undefined
  const { param } = clause
  if (param && param.type !== 'Identifier') return undefined
  if (param && usesName(analysis.file, clause.body, analysis.file.resolve(param))) return undefined
  if (handles(analysis, clause.body, options) || isExplained(analysis, clause, tryStatement, options)) return undefined
  const code = classifyProtectedCode(analysis, tryStatement.block)
  const empty = clause.body.body.length === 0
  if (!code.doesIo && !empty) return undefined
  if (code.isProbe && !options.strictProbes) return undefined
  if (code.isCleanup && (!options.strictProbes || isInFinally(tryStatement))) return undefined
  if (recoversAfterwards(tryStatement, clause.body)) return undefined
  if (!options.strictProbes && isPredicate(analysis, clause, tryStatement)) return undefined
  return finding(analysis, clause, clause.body, tryStatement.block, 'operation')
}

/** `async function hasBranch() { try { await git(...); return true } catch { return false } }` asks whether something works. */
function isPredicate(
  analysis: FileAnalysis,
  clause: Node & { type: 'CatchClause' },
  tryStatement: Node & { type: 'TryStatement' },
): boolean {
  const owner = enclosingFunction(tryStatement)
  if (
    !owner ||
    !/^(?:is|has|can|does|supports|was)[A-Z_]|[eE]xists$|[aA]vailable$|[iI]nstalled$/.test(nameOf(owner) ?? '')
  )
    return false
  const says = someNode(
    clause.body,
    (node) => node.type === 'ReturnStatement' && node.argument?.type === 'Literal' && node.argument.value === false,
  )
  return says && clientIn(analysis, tryStatement.block) === undefined
}

function isInFinally(node: Node): boolean {
  for (let current: Node = node; current.parent; current = current.parent) {
    if (current.parent.type === 'TryStatement' && current.parent.finalizer === current) return true
  }
  return false
}

/** A promise kept for later gets an empty handler so that it does not count as unhandled meanwhile. */
function isAwaitedElsewhere(analysis: FileAnalysis, receiver: Node, call: Node): boolean {
  if (call.parent?.type !== 'ExpressionStatement' || receiver.type !== 'Identifier') return false
  const binding = analysis.file.resolve(receiver)
  return (
    binding !== undefined &&
    analysis.file
      .references(binding)
      .some((reference) => reference !== receiver && reference.parent?.type !== 'AssignmentExpression')
  )
}

function judgeHandlerCall(
  analysis: FileAnalysis,
  call: Node & { type: 'CallExpression' },
  options: BareCatchOptions,
): Finding | undefined {
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression') return undefined
  const name = memberName(callee)
  const argument =
    name === 'catch' && call.arguments.length === 1
      ? call.arguments[0]
      : name === 'then' && call.arguments.length === 2
        ? call.arguments[1]
        : undefined
  if (!argument || argument.type === 'SpreadElement') return undefined
  const handler = definitionOf(analysis.file, argument)
  if (!isFunction(handler) || !handler.body || isHandlerUsed(analysis, handler)) return undefined
  if (handles(analysis, handler.body, options)) return undefined
  let statement: Node = call
  while (statement.parent && !/Statement$|^VariableDeclaration$|^Program$/.test(statement.type))
    statement = statement.parent
  if (isExplained(analysis, handler, statement, options)) return undefined
  const receiver = unwrap(callee.object)
  if (isProbeReceiver(analysis, receiver) || isCleanupCall(receiver) || isAwaitedElsewhere(analysis, receiver, call))
    return undefined
  return finding(analysis, call, handler.body, receiver, 'promise')
}

function isHandlerUsed(analysis: FileAnalysis, handler: FunctionNode): boolean {
  const parameter = handler.params[0]
  if (!parameter || !handler.body) return false
  if (parameter.type !== 'Identifier') return true
  return usesName(analysis.file, handler.body, analysis.file.resolve(parameter))
}

/** `res.json().catch(...)`, `import('x').then(...).catch(...)`, schema builders and other receivers that are no operation. */
function isProbeReceiver(analysis: FileAnalysis, receiver: Node): boolean {
  let current = unwrap(receiver)
  for (let level = 0; level < 6; level += 1) {
    if (isProbeCall(analysis, current)) return !analysis.httpCallAt(current)
    if (current.type !== 'CallExpression') return false
    const callee = unwrap(current.callee)
    const name = memberName(callee)
    if (callee.type !== 'MemberExpression' || (name !== 'then' && name !== 'finally' && name !== 'catch')) return false
    current = unwrap(callee.object)
  }
  return false
}
