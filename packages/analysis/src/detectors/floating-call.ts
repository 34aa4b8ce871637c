import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import {
  chainCalls,
  failingCallIn,
  failingCallOf,
  mayHaveFailingCalls,
  promisedRequest,
  type FailingCall,
} from '../places/failing-calls.ts'
import {
  dottedName,
  enclosingFunction,
  isFunction,
  memberName,
  rangeOf,
  unwrap,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { isReportable, type CallOptions } from './reportable-call.ts'

export interface FloatingCallOptions extends Omit<CallOptions, 'reportUnknown'> {
  /** Accepts `void call()` although nothing handles its failure. */
  readonly allowVoid: boolean
}

/** A call at the start of an expression whose value nobody takes. */
export interface LooseCall {
  readonly call: CallExpression
  /** The outermost call of its chain. */
  readonly end: CallExpression
  readonly isVoided: boolean
}

const TIMERS = /^(setTimeout|setInterval|setImmediate|queueMicrotask|process\.nextTick)$/

/** The calls whose promises an expression statement leaves alone; chains with a handler are none. */
export function looseCallsIn(expression: Node, isVoided = false): LooseCall[] {
  const node = unwrap(expression)
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === 'void' ? looseCallsIn(node.argument, true) : []
    case 'LogicalExpression':
      return looseCallsIn(node.right, isVoided)
    case 'ConditionalExpression':
      return [...looseCallsIn(node.consequent, isVoided), ...looseCallsIn(node.alternate, isVoided)]
    case 'SequenceExpression':
      return node.expressions.flatMap((part) => looseCallsIn(part, isVoided))
    case 'CallExpression':
      return chainCalls(node).map((call) => ({ call, end: node, isVoided }))
    default:
      return []
  }
}

function reportable(analysis: FileAnalysis, found: FailingCall, options: FloatingCallOptions): boolean {
  const http = analysis.httpCallAt(found.node)
  if (http) return isReportable(analysis, http, { ...options, reportUnknown: false })
  // Through a function nothing is known of the URL: a page most likely asks its own server.
  return analysis.kind.environment !== 'browser'
}

function awaitSuggestion(place: Node, at: Node): Suggestion[] {
  if (!enclosingFunction(place)?.async) return []
  const [start] = rangeOf(at)
  return [{ messageId: 'addAwait', edits: [{ range: [start, start], text: 'await ' }] }]
}

function judgeLooseCall(analysis: FileAnalysis, loose: LooseCall, options: FloatingCallOptions): Finding | undefined {
  if (loose.isVoided && options.allowVoid) return undefined
  const found = failingCallOf(analysis, loose.call)
  if (!found || !reportable(analysis, found, options)) return undefined
  const isRequest = promisedRequest(analysis, loose.call) !== undefined
  // `main()` at the end of a module: the process ends with the error, as it should.
  if (!isRequest && !enclosingFunction(loose.call)) return undefined
  const suggestions = loose.isVoided ? [] : awaitSuggestion(loose.call, loose.end)
  return { node: loose.call, messageId: 'floating', data: { client: found.client }, suggestions }
}

/** Functions given to something that calls them and drops the promise they return. */
function judgeDroppedResult(
  analysis: FileAnalysis,
  call: CallExpression,
  options: FloatingCallOptions,
): Finding | undefined {
  const callee = unwrap(call.callee)
  const argument = call.arguments[0]
  if (!argument || argument.type === 'SpreadElement') return undefined
  const method = memberName(callee)
  const isLoop = (method === 'forEach' || method === 'map') && call.parent?.type === 'ExpressionStatement'
  if (!isLoop && !isTimer(analysis, callee)) return undefined
  const target = definitionOf(analysis.file, argument)
  if (!isFunction(target)) return undefined
  const found = failingCallIn(analysis, target)
  if (!found || !reportable(analysis, found, options)) return undefined
  const isInline = target === unwrap(argument)
  return { node: isInline ? found.node : argument, messageId: 'floating', data: { client: found.client } }
}

function isTimer(analysis: FileAnalysis, callee: Node): boolean {
  const name = dottedName(callee)
  if (name === undefined || !TIMERS.test(name)) return false
  return callee.type !== 'Identifier' || !analysis.file.resolve(callee)
}

/** `try { return fetch(url) } catch`: the promise leaves the `try` before it can reject. */
function judgeReturn(
  analysis: FileAnalysis,
  statement: Node & { type: 'ReturnStatement' },
  options: FloatingCallOptions,
): Finding | undefined {
  if (!statement.argument || !isInCaughtBlock(statement)) return undefined
  for (const { call, end } of looseCallsIn(statement.argument)) {
    const found = promisedRequest(analysis, call)
    if (!found || !reportable(analysis, found, options)) continue
    return {
      node: call,
      messageId: 'uncaught',
      data: { client: found.client },
      suggestions: awaitSuggestion(call, end),
    }
  }
  return undefined
}

function isInCaughtBlock(statement: Node): boolean {
  let child = statement
  for (let current = statement.parent; current && !isFunction(current); current = current.parent) {
    if (current.type === 'TryStatement' && current.block === child && current.handler) return true
    child = current
  }
  return false
}

/** Requests that are started and left alone, so that nothing sees them fail. */
export function findFloatingCalls(analysis: FileAnalysis, options: FloatingCallOptions): Finding[] {
  const { kind, file } = analysis
  if (kind.isTest || !mayHaveFailingCalls(analysis)) return []
  const findings: Finding[] = []
  const add = (finding: Finding | undefined): void => {
    if (finding) findings.push(finding)
  }
  for (const statement of file.nodesOf('ExpressionStatement'))
    for (const loose of looseCallsIn(statement.expression)) add(judgeLooseCall(analysis, loose, options))
  for (const name of ['forEach', 'map', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'nextTick'])
    for (const call of file.callsNamed(name)) add(judgeDroppedResult(analysis, call, options))
  for (const statement of file.returns) add(judgeReturn(analysis, statement, options))
  return findings
}

/** The loose calls of a file that the untyped part knows nothing of; types may tell what they call. */
export function unknownLooseCalls(analysis: FileAnalysis): LooseCall[] {
  if (analysis.kind.isTest || analysis.kind.environment === 'browser') return []
  return analysis.file
    .nodesOf('ExpressionStatement')
    .filter((statement) => enclosingFunction(statement) !== undefined)
    .flatMap((statement) => looseCallsIn(statement.expression))
    .filter(({ call }) => failingCallOf(analysis, call) === undefined)
}
