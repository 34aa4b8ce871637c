import type { FileAnalysis } from '../model/analysis.ts'
import type { SourceFile } from '../model/source-file.ts'
import { patternIdentifiers } from '../model/scopes.ts'
import {
  dottedName,
  isInside,
  memberName,
  someOwnNode,
  unwrap,
  walkOwnCode,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { someWithin } from '../syntax/source-order.ts'
import { isLimited, maxAttempts, runsUntilSet } from './loop-limits.ts'
import { alwaysLeaves, enclosingLoop, endsLoop, jumpTarget, succeedsIn } from './outcomes.ts'
import type { Repetition } from './repetition.ts'
import { asksForStatus, holdsFor } from './status-conditions.ts'
import { readWait, type Wait } from './waits.ts'

const ATTEMPT_NAME = /attempt|retr(y|ies)|tries|\btry|delay|backoff|wait/i

/** Names that the head of a `for` declares or steps through. */
function loopVariables(loop: Node): Node[] {
  const names: Node[] = []
  const declared =
    loop.type === 'ForStatement'
      ? loop.init
      : loop.type === 'ForOfStatement' || loop.type === 'ForInStatement'
        ? loop.left
        : null
  if (declared?.type === 'VariableDeclaration')
    for (const { id } of declared.declarations) patternIdentifiers(id, (identifier) => names.push(identifier))
  return names
}

function isUsedIn(file: SourceFile, variable: Node, code: Node, asIndexOnly: boolean): boolean {
  if (variable.type !== 'Identifier') return false
  const binding = file.resolve(variable)
  if (!binding) return false
  return file.references(binding).some((reference) => {
    if (!isInside(reference, code)) return false
    const { parent } = reference
    return !asIndexOnly || (parent?.type === 'MemberExpression' && parent.computed && parent.property === reference)
  })
}

/** A loop over different things: each turn tries another target, so that nothing is tried again. */
function variesTarget(file: SourceFile, loop: Node, attempt: Node): boolean {
  if (loop.type !== 'ForOfStatement' && loop.type !== 'ForInStatement' && loop.type !== 'ForStatement') return false
  const isCollection = loop.type !== 'ForStatement'
  if (isCollection && ATTEMPT_NAME.test(dottedName(loop.right) ?? '')) return false
  return loopVariables(loop).some((variable) => {
    if (isAttemptName(variable)) return false
    if (isCollection) return isUsedIn(file, variable, loop.body, false)
    return (
      isUsedIn(file, variable, attempt, true) ||
      declaredBefore(loop.body).some((one) => isUsedIn(file, variable, one, true))
    )
  })
}

/** What the body of a loop declares for its turn, other than how long to wait. */
function declaredBefore(body: Node): readonly Node[] {
  if (body.type !== 'BlockStatement') return []
  return body.body.flatMap((statement) =>
    statement.type === 'VariableDeclaration'
      ? statement.declarations.filter(({ id }) => id.type !== 'Identifier' || !ATTEMPT_NAME.test(id.name))
      : [],
  )
}

/** The handler gives the next attempt another target: a free name, the next mirror, a corrected input. */
function changesTarget(file: SourceFile, loop: Node, attempt: Node, handler: Node): boolean {
  return someOwnNode(attempt, (node) => {
    if (node.type !== 'Identifier' || ATTEMPT_NAME.test(node.name)) return false
    const binding = file.resolve(node)
    if (!binding || isInside(binding.identifier, attempt) || !isInside(loop, binding.scope.node)) return false
    return someWithin(file.references(binding), handler, isWritten)
  })
}

/** `name = ...`, `name++`, and the same for a member of it. */
function isWritten(reference: Node): boolean {
  let target = reference
  while (target.parent?.type === 'MemberExpression' && target.parent.object === target) target = target.parent
  const { parent } = target
  return parent?.type === 'UpdateExpression' || (parent?.type === 'AssignmentExpression' && parent.left === target)
}

/** The attempt ends the loop when it goes well. */
function endsOnSuccess(file: SourceFile, loop: Node, tried: Node & { type: 'TryStatement' }): boolean {
  const succeeds = succeedsIn(loop)
  if (alwaysLeaves(tried.block, endsLoop(loop)) && someOwnNode(tried.block, succeeds)) return true
  for (const statement of tried.block.body) {
    if (
      statement.type === 'IfStatement' &&
      isSuccessTest(file, statement.test) &&
      alwaysLeaves(statement.consequent, succeeds)
    )
      return true
  }
  if (runsUntilSet(file, loop, tried.block)) return true
  const { parent } = tried
  if (parent?.type !== 'BlockStatement') return false
  const rest = parent.body.slice(parent.body.indexOf(tried) + 1)
  const skips = tried.handler && someOwnNode(tried.handler.body, (node) => node.type === 'ContinueStatement')
  return skips === true && rest.some((statement) => alwaysLeaves(statement, succeeds))
}

function isSuccessTest(file: SourceFile, test: Node): boolean {
  return asksForStatus(test) && holdsFor(file, test, 200) === true && holdsFor(file, test, 500) === false
}

/** A condition that is true after a failure and not after success. */
export function isFailureTest(file: SourceFile, test: Node): boolean {
  if (!asksForStatus(test) || holdsFor(file, test, 200) !== false) return false
  return [503, 500, 429, 404, 401].some((status) => holdsFor(file, test, status) === true)
}

function waitsIn(file: SourceFile, code: Node, without: Node | undefined): Wait[] {
  const waits: Wait[] = []
  walkOwnCode(code, (node) => {
    if (node === without) return false
    if (node.type === 'CallExpression' && dottedName(node.callee) === 'Promise.race') return false
    const wait = node.type === 'CallExpression' || node.type === 'NewExpression' ? readWait(file, node) : undefined
    if (wait) waits.push(wait)
    return !wait
  })
  return waits
}

function repetition(file: SourceFile, loop: Node, attempt: Node, reaction: Node): Repetition {
  const limit = maxAttempts(file, loop)
  const separate = attempt === loop ? undefined : attempt
  return {
    form: 'loop',
    node: loop,
    repeats: loop,
    attempt,
    reaction,
    waits: waitsIn(file, reaction === attempt ? loop : reactionWithin(loop, reaction, attempt), separate),
    attemptWaits: separate !== undefined && waitsIn(file, separate, undefined).length > 0,
    isLimited: isLimited(file, loop),
    ...(limit === undefined ? {} : { maxAttempts: limit }),
  }
}

/** A branch that repeats by `continue` waits in itself; any other reaction goes on through the rest of the loop. */
function reactionWithin(loop: Node, reaction: Node, attempt: Node): Node {
  return reaction !== loop && attempt === loop ? reaction : loop
}

function fromTry(
  analysis: FileAnalysis,
  clause: Node & { type: 'CatchClause' },
  known: ReadonlyMap<Node, unknown>,
): Repetition | undefined {
  const { file } = analysis
  const tried = clause.parent
  if (tried?.type !== 'TryStatement') return undefined
  const loop = enclosingLoop(tried)
  if (!loop || known.has(loop) || alwaysLeaves(clause.body, endsLoop(loop))) return undefined
  const doesSomething = someOwnNode(
    tried.block,
    (node) =>
      node.type === 'AwaitExpression' || (node.type === 'CallExpression' && analysis.httpCallAt(node) !== undefined),
  )
  if (!doesSomething || variesTarget(file, loop, tried.block) || !endsOnSuccess(file, loop, tried)) return undefined
  if (changesTarget(file, loop, tried.block, clause.body)) return undefined
  return repetition(file, loop, tried.block, clause.body)
}

/** `ok = await f().catch(() => false)` in a loop that runs until `ok`. */
function fromRejectionHandler(file: SourceFile, call: CallExpression): Repetition | undefined {
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'catch') return undefined
  const awaited = call.parent
  const write = awaited?.type === 'AwaitExpression' ? awaited.parent : undefined
  const target =
    write?.type === 'AssignmentExpression' ? write.left : write?.type === 'VariableDeclarator' ? write.id : undefined
  const loop = target ? enclosingLoop(call) : undefined
  if (!write || !loop || target?.type !== 'Identifier' || variesTarget(file, loop, call)) return undefined
  const binding = file.resolve(target)
  const decides =
    runsUntilSet(file, loop, write) ||
    (binding !== undefined && file.references(binding).some((reference) => endsByTest(reference, loop)))
  return decides ? repetition(file, loop, call, loop) : undefined
}

/** `if (result) return result` */
function endsByTest(reference: Node, loop: Node): boolean {
  const test = reference.parent
  return (
    test?.type === 'IfStatement' &&
    test.test === reference &&
    isInside(test, loop) &&
    alwaysLeaves(test.consequent, succeedsIn(loop))
  )
}

/** Loops that go by the status of a response that did not throw. */
function fromStatus(analysis: FileAnalysis, loop: Node, call: Node): Repetition[] {
  const { file } = analysis
  if (
    variesTarget(file, loop, call) ||
    loopVariables(loop).some((variable) => isUsedIn(file, variable, call, false) && !isAttemptName(variable))
  )
    return []
  if ((loop.type === 'WhileStatement' || loop.type === 'DoWhileStatement') && isFailureTest(file, loop.test))
    return [repetition(file, loop, loop, loop)]
  const found: Repetition[] = []
  walkOwnCode(loop, (node) => {
    if (node.type !== 'IfStatement' || enclosingLoop(node) !== loop) return
    const last = node.consequent.type === 'BlockStatement' ? node.consequent.body.at(-1) : node.consequent
    if (isFailureTest(file, node.test) && last?.type === 'ContinueStatement' && jumpTarget(last) === loop)
      found.push(repetition(file, loop, loop, node.consequent))
    else if (
      found.length === 0 &&
      isSuccessTest(file, node.test) &&
      alwaysLeaves(node.consequent, succeedsIn(loop)) &&
      !leavesAfter(node, loop)
    )
      found.push(repetition(file, loop, loop, loop))
  })
  return found.slice(0, 1)
}

function isAttemptName(variable: Node): boolean {
  return variable.type === 'Identifier' && ATTEMPT_NAME.test(variable.name)
}

function leavesAfter(statement: Node, loop: Node): boolean {
  const block = statement.parent
  if (statement.type === 'IfStatement' && alwaysLeaves(statement.alternate, endsLoop(loop))) return true
  if (block?.type !== 'BlockStatement') return false
  return block.body.slice(block.body.indexOf(statement as never) + 1).some((next) => alwaysLeaves(next, endsLoop(loop)))
}

/** Loops that do the same again after a failure; loops over things, workers and polls are none. */
export function retryLoops(analysis: FileAnalysis): Repetition[] {
  const { file } = analysis
  const found = new Map<Node, Repetition>()
  const add = (one: Repetition | undefined): void => {
    if (one && !found.has(one.repeats)) found.set(one.repeats, one)
  }
  for (const clause of file.catches) add(fromTry(analysis, clause, found))
  for (const call of file.callsNamed('catch')) add(fromRejectionHandler(file, call))
  const seen = new Set<Node>()
  for (const { node } of analysis.httpCalls) {
    const loop = enclosingLoop(node)
    if (!loop || found.has(loop) || seen.has(loop)) continue
    seen.add(loop)
    for (const one of fromStatus(analysis, loop, node)) add(one)
  }
  return [...found.values()]
}
