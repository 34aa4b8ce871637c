import type { Binding } from '../model/scopes.ts'
import type { SourceFile } from '../model/source-file.ts'
import { alwaysLeaves } from './outcomes.ts'
import {
  calleeName,
  dottedName,
  enclosingFunction,
  isFunction,
  isInside,
  memberName,
  outerExpression,
  rangeOf,
  unwrap,
  walkOwnCode,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'

/** What is known of a timer's end. `success`: it is cleared, but not when something awaited in between fails. */
export type TimerEnd = 'never' | 'success' | 'cleared' | 'unknown'

const CLEARS = /^clear(Timeout|Interval|Immediate)?$|^cancel|^clearTimer$/

/** Where the handle of a timer is kept: a name of this file, nowhere, or out of sight. */
export function handleOf(file: SourceFile, timer: CallExpression): Binding | 'lost' | 'hidden' | 'field' {
  const node = outerExpression(timer)
  const { parent } = node
  switch (parent?.type) {
    case 'ExpressionStatement':
      return 'lost'
    case 'ArrowFunctionExpression':
      return parent.body === node ? 'lost' : 'hidden'
    case 'VariableDeclarator':
      return (parent.id.type === 'Identifier' ? file.resolve(parent.id) : undefined) ?? 'hidden'
    case 'AssignmentExpression': {
      const target = unwrap(parent.left)
      if (target.type === 'Identifier') return file.resolve(target) ?? 'hidden'
      return 'field'
    }
    default:
      return 'hidden'
  }
}

/** How the timer of a call that is awaited in this function ends. */
export function timerEnd(file: SourceFile, timer: CallExpression): TimerEnd {
  const handle = handleOf(file, timer)
  if (handle === 'lost') return 'never'
  if (handle === 'hidden' || handle === 'field') return 'unknown'
  const clears: Node[] = []
  for (const reference of file.references(handle)) {
    const node = outerExpression(reference)
    const { parent } = node
    if (parent?.type === 'AssignmentExpression' && parent.left === node) continue
    if (parent?.type === 'MemberExpression' && parent.object === node) {
      if (/^(unref|refresh|close|clear|cancel)$/.test(memberName(parent) ?? '')) return 'cleared'
      continue
    }
    if (parent?.type === 'CallExpression' && parent.callee !== node) {
      if (!CLEARS.test(calleeName(parent.callee) ?? '')) return 'unknown'
      clears.push(parent)
      continue
    }
    if (parent?.type === 'IfStatement' || parent?.type === 'UnaryExpression' || parent?.type === 'LogicalExpression')
      continue
    if (parent?.type === 'BinaryExpression' || parent?.type === 'ConditionalExpression') continue
    return 'unknown'
  }
  if (clears.length === 0) return 'never'
  return clears.some((clear) => isSure(clear, timer)) || coversCatch(clears) ? 'cleared' : 'success'
}

/** The clearing runs however the code in between ends. */
function isSure(clear: Node, timer: Node): boolean {
  const around = enclosingFunction(clear)
  // In a callback or another function: who calls it when cannot be seen here.
  if (!around || !isInside(timer, around)) return true
  let child: Node = clear
  for (let current = clear.parent; current && child !== around; current = current.parent) {
    if (current.type === 'TryStatement' && current.finalizer === child) return true
    child = current
  }
  const [start] = rangeOf(timer)
  const [end] = rangeOf(clear)
  let isExposed = false
  walkOwnCode(around, (node) => {
    if (node.type !== 'AwaitExpression') return
    const [from, to] = rangeOf(node)
    if (to > start && from < end && !isCaughtBefore(node, clear, around)) isExposed = true
  })
  return !isExposed
}

const leaves = (node: Node): boolean => node.type === 'ReturnStatement' || node.type === 'ThrowStatement'

/** A handler around the awaited call lets the code go on to the clearing. */
function isCaughtBefore(awaited: Node, clear: Node, around: Node): boolean {
  let child: Node = awaited
  for (let current = awaited.parent; current && child !== around; current = current.parent) {
    if (current.type === 'TryStatement' && current.block === child && !isInside(clear, current.block)) {
      if (current.handler && !alwaysLeaves(current.handler.body, leaves)) return true
    }
    if (current.type === 'CallExpression' && child === current.callee && memberName(unwrap(current.callee)) === 'catch')
      return true
    child = current
  }
  return false
}

/** Cleared in the handler as well as on the way on. */
function coversCatch(clears: readonly Node[]): boolean {
  const inHandler = clears.filter((clear) => {
    for (let current = clear.parent; current && !isFunction(current); current = current.parent)
      if (current.type === 'CatchClause') return true
    return false
  })
  return inHandler.length > 0 && inHandler.length < clears.length
}

export function isGlobalTimer(file: SourceFile, call: CallExpression, name: 'setTimeout' | 'setInterval'): boolean {
  const dotted = dottedName(call.callee)
  if (dotted === undefined || !new RegExp(`^((globalThis|window|global)\\.)?${name}$`).test(dotted)) return false
  const callee = unwrap(call.callee)
  return callee.type !== 'Identifier' || file.resolve(callee) === undefined
}
