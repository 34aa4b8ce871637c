import { givenValue, isEmptyValue } from '../detectors/handled-errors.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { yes, type Protection } from '../model/project-facts.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { argumentAt, isFunction, memberName, outerExpression, unwrap, walkOwnCode, type Node } from '../syntax/nodes.ts'

export interface ErrorFate {
  readonly handled: Protection
  /** Set when a handler answers with a value of its own. */
  readonly fallback?: Protection
}

/**
 * What becomes of the failure of a call: a handler around it takes it, or it goes to whoever called the function. Code
 * where it disappears is found by the rules, which are asked before this.
 */
export function errorFate(analysis: FileAnalysis, start: Node): ErrorFate {
  let child = start
  let isAwaited = false
  for (let current = start.parent; current; current = current.parent) {
    if (current.type === 'AwaitExpression') isAwaited = true
    if (current.type === 'TryStatement' && current.block === child && current.handler && isAwaited)
      return { handled: yes('catch'), ...answers(analysis, current.handler.body) }
    const handler = rejectionHandler(analysis, current, child)
    if (handler)
      return {
        handled: yes('.catch()'),
        ...(isFunction(handler) && handler.body ? answers(analysis, handler.body) : {}),
      }
    if (isDegraded(analysis, current, child)) return { handled: yes('degrade()'), fallback: yes('degrade()') }
    child = current
  }
  return { handled: yes('its caller') }
}

/** The handler of `promise.catch(handler)` or `promise.then(x, handler)` for the promise that a node is part of. */
function rejectionHandler(analysis: FileAnalysis, call: Node, child: Node): Node | undefined {
  if (call.type !== 'CallExpression' || call.callee !== child) return undefined
  const callee = unwrap(call.callee)
  const name = callee.type === 'MemberExpression' ? memberName(callee) : undefined
  const argument =
    name === 'catch' ? argumentAt(call.arguments, 0) : name === 'then' ? argumentAt(call.arguments, 1) : undefined
  return argument && definitionOf(analysis.file, argument)
}

/** A handler that gives a value which is not empty, and does not throw. */
function answers(analysis: FileAnalysis, body: Node): Pick<ErrorFate, 'fallback'> {
  if (body.type !== 'BlockStatement') return isEmptyValue(analysis, body) ? {} : { fallback: yes('its handler') }
  if (givenValue(analysis, body) === undefined) return {}
  let isGiven = false as boolean
  walkOwnCode(body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument && !isEmptyValue(analysis, node.argument)) isGiven = true
  })
  return isGiven ? { fallback: yes('its handler') } : {}
}

/** `degrade(() => call, { fallback })` of ours. */
function isDegraded(analysis: FileAnalysis, call: Node, child: Node): boolean {
  if (call.type !== 'CallExpression' || call.callee === child || outerExpression(child) === call.callee) return false
  const origin = originOf(analysis.file, call.callee)
  return origin?.from === 'module' && origin.module === '@holdfast/core/degradation' && origin.path[0] === 'degrade'
}
