import { cachedByNode } from '../model/node-cache.ts'
import { no, unknown, yes, type Protection } from '../model/project-facts.ts'
import type { SourceFile } from '../model/source-file.ts'
import { calledFunction, definitionOf } from '../model/values.ts'
import { dottedName, memberName, unwrap } from '../syntax/nodes.ts'
import type { Node } from '../syntax/nodes.ts'
import { numberOf } from './timeout-defaults.ts'
import { nodesWithin, someWithin } from '../syntax/source-order.ts'

/** The controllers, as written, that a timer of the file aborts. */
const abortedByTimers = cachedByNode((file: SourceFile): ReadonlySet<string> => {
  const controllers = new Set<string>()
  const aborts = file.nodesOf('MemberExpression').filter((node) => memberName(node) === 'abort')
  for (const call of file.callsNamed('setTimeout')) {
    const handler = call.arguments[0]
    if (!handler) continue
    for (const abort of nodesWithin(aborts, definitionOf(file, handler))) {
      const controller = dottedName(abort.object)
      if (controller !== undefined) controllers.add(controller)
    }
  }
  return controllers
})

/** Judges a `signal` value: only a signal that a timer ends is a deadline. */
export function signalDeadline(file: SourceFile, value: Node, depth = 0): Protection {
  const plain = unwrap(value)
  if (plain.type === 'MemberExpression' && memberName(plain) === 'signal') {
    const owner = dottedName(plain.object)
    if (owner !== undefined && abortedByTimers(file, file.program).has(owner))
      return yes('AbortController with a timer')
  }
  const node = definitionOf(file, plain)
  if (node !== plain && node.type === 'MemberExpression') return signalDeadline(file, node, depth + 1)
  if (depth > 5) return unknown('signal')
  if (node.type === 'CallExpression') {
    const name = dottedName(node.callee)
    if (name === 'AbortSignal.timeout') {
      const ms = node.arguments[0]
      return yes('AbortSignal.timeout', ms && ms.type !== 'SpreadElement' ? numberOf(file, ms) : undefined)
    }
    if (name === 'AbortSignal.any') {
      const list = node.arguments[0] ? unwrap(node.arguments[0]) : undefined
      if (list?.type !== 'ArrayExpression') return unknown('signal')
      const parts = list.elements.flatMap((element) => (element ? [signalDeadline(file, element, depth + 1)] : []))
      return parts.find((part) => part.state === 'yes') ?? unknown('signal')
    }
    const target = calledFunction(file, node.callee)
    if (
      target &&
      someWithin(file.callsNamed('timeout'), target, (call) => dottedName(call.callee) === 'AbortSignal.timeout')
    )
      return yes('AbortSignal.timeout')
  }
  if (node.type === 'ConditionalExpression' || node.type === 'LogicalExpression') {
    const sides = node.type === 'ConditionalExpression' ? [node.consequent, node.alternate] : [node.left, node.right]
    const judged = sides.map((side) => signalDeadline(file, side, depth + 1))
    return judged.find((part) => part.state === 'yes') ?? unknown('signal')
  }
  if (node.type === 'Identifier' && node.name === 'undefined') return no
  return unknown('signal')
}
