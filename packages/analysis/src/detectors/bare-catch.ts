import { usesName } from '../errors/error-values.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { calleeName, isFunction, memberName, unwrap, type FunctionNode, type Node } from '../syntax/nodes.ts'
import { someWithin } from '../syntax/source-order.ts'
import { suggestForClause, suggestForHandler } from './catch-suggestions.ts'
import { hasWords, isExplained, type ExplanationOptions } from './explanations.ts'
import { givenValue, handles } from './handled-errors.ts'
import { callsIn, classifyProtectedCode, isCleanupCall, isFinalCleanup, isProbeCall } from './protected-code.ts'
import { isInFinally, isPredicateAnswer, recoversAfterwards } from './recovery.ts'

export interface BareCatchOptions extends ExplanationOptions {
  readonly handlers: readonly string[]
  /** Further functions that only ask or parse. */
  readonly probes: readonly string[]
  /** Whether giving an empty value counts: after I/O, after anything but a probe, or never. */
  readonly returnNull: 'io' | 'always' | 'never'
  readonly strictProbes: boolean
}

function clientIn(analysis: FileAnalysis, code: Node): string | undefined {
  let client: string | undefined
  someWithin(analysis.file.calls, code, (call) => {
    client = analysis.httpCallAt(call)?.value.client
    return client !== undefined
  })
  return client
}

function described(
  analysis: FileAnalysis,
  body: Node | undefined,
  code: Node,
  what: string,
): Pick<Finding, 'messageId'> & { readonly data: Readonly<Record<string, string>> } {
  const client = clientIn(analysis, code)
  const value = body && givenValue(analysis, body)
  if (client !== undefined && value !== undefined && value.length <= 20)
    return { messageId: 'value', data: { client, value } }
  return { messageId: 'dropped', data: { what: client === undefined ? what : `${client} call` } }
}

/** Handlers that make a failure disappear. */
export function findBareCatches(analysis: FileAnalysis, options: BareCatchOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  for (const clause of analysis.file.catches) {
    const result = judgeClause(analysis, clause, options)
    if (result) findings.push(result)
  }
  for (const name of ['catch', 'then']) {
    for (const call of analysis.file.callsNamed(name)) {
      const result = judgeHandlerCall(analysis, call, options)
      if (result) findings.push(result)
    }
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
  const { param, body } = clause
  if (param && param.type !== 'Identifier') return undefined
  if (param && usesName(analysis.file, body, analysis.file.resolve(param))) return undefined
  if (handles(analysis, body, options.handlers)) return undefined
  if (isExplained(analysis, clause, param, tryStatement, options)) return undefined
  const code = classifyProtectedCode(analysis, tryStatement.block, options.probes)
  const gives = givenValue(analysis, body) !== undefined
  if (gives && options.returnNull === 'never') return undefined
  const saysNothing = body.body.length === 0 && !(options.comments !== 'never' && hasWords(analysis, clause))
  if (!code.doesIo && !saysNothing && !(gives && options.returnNull === 'always')) return undefined
  if (code.isProbe && !options.strictProbes) return undefined
  const inFinally = isInFinally(tryStatement)
  if ((code.isCleanup || (inFinally && isFinalCleanup(tryStatement.block))) && (!options.strictProbes || inFinally))
    return undefined
  if (recoversAfterwards(tryStatement, body)) return undefined
  const asks = isPredicateAnswer(tryStatement, body) && clientIn(analysis, tryStatement.block) === undefined
  if (asks && !options.strictProbes) return undefined
  return {
    node: clause,
    ...described(analysis, body, tryStatement.block, 'operation'),
    suggestions: suggestForClause(analysis, clause, tryStatement.block),
  }
}

/** The callee of `promise.finally(...)`. */
function finallyOf(node: Node): (Node & { type: 'MemberExpression' }) | undefined {
  const callee = node.type === 'CallExpression' ? unwrap(node.callee) : undefined
  return callee?.type === 'MemberExpression' && memberName(callee) === 'finally' ? callee : undefined
}

/** `return promise`, `await promise`, also with a `finally`. */
function isGivenOut(reference: Node): boolean {
  let current = reference
  while (memberName(current.parent ?? current) === 'finally' && current.parent?.parent?.type === 'CallExpression')
    current = current.parent.parent
  return current.parent?.type === 'ReturnStatement' || current.parent?.type === 'AwaitExpression'
}

/** A promise that is kept or given out gets an empty handler of its own, so that it does not count as unhandled. */
function isHandedOn(analysis: FileAnalysis, receiver: Node, call: Node): boolean {
  let promise = receiver
  for (let callee = finallyOf(promise); callee; callee = finallyOf(promise)) promise = unwrap(callee.object)
  const binding = promise.type === 'Identifier' ? analysis.file.resolve(promise) : undefined
  if (!binding) return false
  const others = analysis.file.references(binding).filter((reference) => reference !== promise)
  if (others.some(isGivenOut)) return true
  // What waits its turn does not fail because the one before did.
  if (
    /^(prev(ious)?|tail|last|chain|queue|lock|pending)/i.test(binding.name) &&
    memberName(call.parent ?? call) === 'then'
  )
    return true
  const outer = call.parent?.type === 'UnaryExpression' && call.parent.operator === 'void' ? call.parent : call
  return (
    outer.parent?.type === 'ExpressionStatement' && others.some(({ parent }) => parent?.type !== 'AssignmentExpression')
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
  const defined = definitionOf(analysis.file, argument)
  const handler = isFunction(defined) && defined.body ? defined : undefined
  if (handler ? doesSomething(analysis, handler, options) : !isNamedNoop(defined)) return undefined
  let statement: Node = call
  while (statement.parent && !/Statement$|^VariableDeclaration$|^Program$/.test(statement.type))
    statement = statement.parent
  if (isExplained(analysis, handler ?? argument, handler?.params[0], statement, options)) return undefined
  const receiver = unwrap(callee.object)
  if (isProbeReceiver(analysis, receiver, options.probes) || isCleanupCall(analysis, receiver)) return undefined
  if (isInFinally(call) && isFinalCleanup(receiver)) return undefined
  if (isHandedOn(analysis, receiver, call)) return undefined
  const asks = handler?.body && isPredicateAnswer(call, handler.body) && clientIn(analysis, receiver) === undefined
  if (asks && !options.strictProbes) return undefined
  return {
    // In a chain over several lines the handler is what the reader looks for.
    node: name === 'catch' ? callee.property : argument,
    ...described(analysis, handler?.body ?? undefined, receiver, 'promise'),
    suggestions: handler ? suggestForHandler(analysis, handler, argument, receiver) : [],
  }
}

/** `utils.noop`, of which only the name is known. */
function isNamedNoop(handler: Node): boolean {
  return /^no_?op$/i.test(calleeName(handler) ?? '')
}

function doesSomething(analysis: FileAnalysis, handler: FunctionNode, options: BareCatchOptions): boolean {
  if (!handler.body || isHandlerUsed(analysis, handler) || handles(analysis, handler.body, options.handlers))
    return true
  return options.returnNull === 'never' && givenValue(analysis, handler.body) !== undefined
}

function isHandlerUsed(analysis: FileAnalysis, handler: FunctionNode): boolean {
  const parameter = handler.params[0]
  if (!parameter || !handler.body) return false
  if (parameter.type !== 'Identifier') return true
  return usesName(analysis.file, handler.body, analysis.file.resolve(parameter))
}

/** `res.json().catch(...)`, `import('x').then(...).catch(...)`, schema builders and other receivers that are no operation. */
function isProbeReceiver(analysis: FileAnalysis, receiver: Node, probes: readonly string[]): boolean {
  if (isSchema(analysis, receiver)) return true
  let current = unwrap(receiver)
  let calls = 0
  for (let level = 0; level < 6; level += 1) {
    if (isProbeCall(analysis, current, probes)) return calls <= 3 && !analysis.httpCallAt(current)
    if (current.type !== 'CallExpression') return false
    const callee = unwrap(current.callee)
    const name = memberName(callee)
    if (callee.type !== 'MemberExpression' || (name !== 'then' && name !== 'finally' && name !== 'catch')) return false
    for (const step of current.arguments) if (isFunction(step) && step.body) calls += callsIn(step.body).length
    current = unwrap(callee.object)
  }
  return false
}

const SCHEMA_MODULES =
  /^(zod|zod-mini|yup|joi|valibot|arktype|superstruct|io-ts|effect|@effect\/.*|@sinclair\/typebox)(\/.*)?$/

/** `z.string().catch(() => '')`: a method of a schema that is called like one of promises. */
function isSchema(analysis: FileAnalysis, receiver: Node): boolean {
  let current = unwrap(receiver)
  for (let level = 0; level < 12; level += 1) {
    const origin = originOf(analysis.file, current)
    if (origin) return origin.from === 'module' && SCHEMA_MODULES.test(origin.module)
    const defined = definitionOf(analysis.file, current)
    if (defined.type === 'CallExpression') current = unwrap(defined.callee)
    else if (defined.type === 'MemberExpression') current = unwrap(defined.object)
    else return false
  }
  return false
}
