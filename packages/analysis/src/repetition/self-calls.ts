import type { FileAnalysis } from '../model/analysis.ts'
import { enclosingClass, membersOf } from '../model/class-members.ts'
import { definitionOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  dottedName,
  isFunction,
  isInside,
  memberName,
  patternNameOf,
  someNode,
  someOwnNode,
  stringValue,
  unwrap,
  walkOwnCode,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { alwaysLeaves, asksOnlyForOutcome } from './outcomes.ts'
import type { Repetition } from './repetition.ts'
import { isFailureTest } from './retry-loops.ts'
import { readTimer, readWait, type Wait } from './waits.ts'

/** The function around a node that a callee names, when it calls itself. */
function calledAncestor(file: SourceFile, callee: Node): FunctionNode | undefined {
  const plain = unwrap(callee)
  const isMethod = plain.type === 'MemberExpression' && unwrap(plain.object).type === 'ThisExpression'
  if (plain.type !== 'Identifier' && !isMethod) return undefined
  // Most calls name a global or an import, which is no function around them.
  if (plain.type === 'Identifier' && [undefined, 'import'].includes(file.resolve(plain)?.kind)) return undefined
  let target: Node | undefined
  if (isMethod) {
    const name = memberName(plain)
    const owner = enclosingClass(plain)
    const member = owner && name !== undefined ? membersOf(file, owner).named.get(name) : undefined
    target =
      member?.type === 'MethodDefinition' || member?.type === 'PropertyDefinition'
        ? (member.value ?? undefined)
        : undefined
  } else target = definitionOf(file, plain)
  return target && isFunction(target) && isInside(plain, target) ? target : undefined
}

interface Reaction {
  readonly attempt: Node
  readonly reaction: Node
}

/** The handler or branch for failures that a self-call stands in. */
function reactionAround(file: SourceFile, start: Node, target: FunctionNode): Reaction | undefined {
  let child: Node = start
  for (let current = start.parent; current && child !== target; current = current.parent) {
    if (current.type === 'CatchClause' && current.parent?.type === 'TryStatement')
      return { attempt: current.parent.block, reaction: current.body }
    if (isFunction(child) && current.type === 'CallExpression') {
      const callee = unwrap(current.callee)
      const name = memberName(callee)
      const position = current.arguments.indexOf(child)
      const handles =
        (name === 'catch' && position === 0) ||
        (name === 'then' && position === 1) ||
        ((name === 'on' || name === 'once') && position === 1 && stringValue(current.arguments[0]) === 'error')
      if (handles && callee.type === 'MemberExpression') return { attempt: callee.object, reaction: child }
    }
    if (current.type === 'IfStatement' && current.consequent === child && target.body) {
      const test = unwrap(current.test)
      if (isFailureTest(file, test) || (test.type === 'Identifier' && /^(e|err|error)$/.test(test.name)))
        return { attempt: target.body, reaction: child }
    }
    if (current.type === 'SwitchCase' && current.test && target.body) {
      const status = unwrap(current.test)
      if (status.type === 'Literal' && typeof status.value === 'number' && status.value >= 400 && status.value < 600)
        return { attempt: target.body, reaction: current }
    }
    child = current
  }
  return undefined
}

/** The same again: parameters as they came, counters, flags; anything else is another question. */
function repeatsArguments(file: SourceFile, target: FunctionNode, given: readonly Node[]): boolean {
  const names = new Set(target.params.map(patternNameOf))
  return given.every((argument) => {
    const node = unwrap(argument)
    if (node.type === 'Literal' || node.type === 'ObjectExpression' || node.type === 'ThisExpression') return true
    if (node.type === 'SpreadElement') return true
    return !someNode(node, (inner) => {
      if (inner.type === 'AwaitExpression') return true
      if (inner.type === 'CallExpression' && !/^Math\./.test(dottedName(inner.callee) ?? '')) return true
      if (inner.type !== 'Identifier' || names.has(inner.name)) return false
      if (inner.parent?.type === 'MemberExpression' && inner.parent.property === inner) return false
      const binding = file.resolve(inner)
      // Names from outside the function are the same in every attempt.
      return binding !== undefined && isInside(binding.identifier, target)
    })
  })
}

/** Whether anything but the outcome of the attempt stands between the start of the function and its self-call. */
function isLimited(file: SourceFile, start: Node, target: FunctionNode): boolean {
  const leaves = (node: Node): boolean => node.type === 'ReturnStatement' || node.type === 'ThrowStatement'
  const limits = (condition: Node): boolean => !asksOnlyForOutcome(file, condition, target)
  let child: Node = start
  for (let current = start.parent; current && child !== target; current = current.parent) {
    if ((current.type === 'IfStatement' || current.type === 'ConditionalExpression') && child !== current.test) {
      if (limits(current.test)) return true
    }
    if (current.type === 'LogicalExpression' && child === current.right && limits(current.left)) return true
    if (current.type === 'SwitchStatement' && limits(current.discriminant)) return true
    if (current.type === 'BlockStatement' || current.type === 'SwitchCase') {
      const statements = current.type === 'BlockStatement' ? current.body : current.consequent
      for (const statement of statements) {
        if (statement === child) break
        if (statement.type === 'IfStatement' && someOwnNode(statement, leaves) && limits(statement.test)) return true
      }
    }
    child = current
  }
  return false
}

function waitsAround(file: SourceFile, start: Node, reaction: Node): Wait[] {
  const waits: Wait[] = []
  for (let current: Node | null | undefined = start; current && current !== reaction; current = current.parent) {
    const timer = readTimer(current)
    if (timer) waits.push(timer)
  }
  walkOwnCode(reaction, (node) => {
    const wait = node.type === 'CallExpression' || node.type === 'NewExpression' ? readWait(file, node) : undefined
    if (wait) waits.push(wait)
    return !wait
  })
  return waits
}

function readSelfCall(analysis: FileAnalysis, call: CallExpression): Repetition | undefined {
  const { file } = analysis
  const timer = readTimer(call)
  const called = timer ? call.arguments[0] : call.callee
  const target = called && called.type !== 'SpreadElement' ? calledAncestor(file, called) : undefined
  if (!target?.body) return undefined
  const given = timer ? call.arguments.slice(2) : call.arguments
  const around = reactionAround(file, call, target)
  if (!around || !repeatsArguments(file, target, given)) return undefined
  const isAsync =
    target.async ||
    timer !== undefined ||
    someOwnNode(around.attempt, (node) => node.type === 'CallExpression' && analysis.httpCallAt(node) !== undefined)
  const inPromise = around.attempt.type === 'CallExpression'
  if (!isAsync && !inPromise) return undefined
  // A self-call that leaves the failure to the caller of the handler is one only when something was attempted.
  if (!someOwnNode(around.attempt, (node) => node.type === 'CallExpression' || node.type === 'AwaitExpression'))
    return undefined
  if (alwaysLeaves(around.attempt, (node) => node.type === 'ThrowStatement')) return undefined
  return {
    form: 'self-call',
    node: call,
    repeats: target,
    attempt: around.attempt,
    reaction: around.reaction,
    waits: waitsAround(file, call, around.reaction),
    attemptWaits: false,
    isLimited: isLimited(file, call, target),
    selfCall: { target, arguments: given },
  }
}

/** Functions that call themselves again after a failure. */
export function retryingSelfCalls(analysis: FileAnalysis): Repetition[] {
  return analysis.file.calls.flatMap((call) => readSelfCall(analysis, call) ?? [])
}
