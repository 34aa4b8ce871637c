import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  argumentAt,
  calleeName,
  isFunction,
  outerExpression,
  patternNameOf,
  someNode,
  unwrap,
  walk,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/** A place that lets time pass. `delay` is the expression that says how much, when it can be seen. */
export interface Wait {
  readonly node: Node
  readonly delay: Node | undefined
}

const SLEEP_NAME =
  /^(async|promise)?_*(sleep|delay|wait|pause|snooze|setTimeout|timeout|sleepAsync|delayAsync)(For|Ms|Millis|Milliseconds|Seconds|Async|Promise)?$/i
const BACKOFF_NAME = /back_?off|(sleep|wait|delay)(Before|Until|With|Between|Or)|wait(Next|Retry|Turn)/i

const isTimer = (call: Node): call is CallExpression =>
  call.type === 'CallExpression' && calleeName(call.callee) === 'setTimeout' && call.arguments.length >= 2

/** A function that does nothing but let time pass: the delay it uses, and the parameter that gives it. */
function timerInside(target: FunctionNode): CallExpression | undefined {
  if (!target.body) return undefined
  let timer: CallExpression | undefined
  let waits = 0
  walk(target.body, (node) => {
    if (isTimer(node)) timer ??= node
    if (node.type === 'CallExpression') waits += 1
    return waits < 12
  })
  const isPromise = someNode(target, (node) => node.type === 'NewExpression' && calleeName(node.callee) === 'Promise')
  return isPromise && waits < 6 ? timer : undefined
}

/** Reads a call as a wait: a known or local sleep function, or a timer promise. */
export function readWait(file: SourceFile, node: Node): Wait | undefined {
  if (node.type === 'NewExpression') {
    if (calleeName(node.callee) !== 'Promise') return undefined
    const executor = argumentAt(node.arguments, 0)
    if (!executor || !isFunction(executor) || !executor.body) return undefined
    let timer: CallExpression | undefined
    let steps = 0
    walk(executor.body, (inner) => {
      steps += 1
      if (!timer && isTimer(inner)) timer = inner
      return !timer && steps < 60
    })
    return timer ? { node, delay: argumentAt(timer.arguments, 1) } : undefined
  }
  if (node.type !== 'CallExpression') return undefined
  const name = calleeName(node.callee) ?? ''
  const isGlobalTimer = name === 'setTimeout' && originOf(file, node.callee)?.from !== 'module'
  if (isGlobalTimer) return undefined
  const target = calledFunction(file, node.callee)
  const timer = target ? timerInside(target) : undefined
  if (timer && target) {
    const given = argumentAt(timer.arguments, 1)
    const inner = given ? unwrap(given) : undefined
    const index =
      inner?.type === 'Identifier'
        ? target.params.findIndex((parameter) => patternNameOf(parameter) === inner.name)
        : -1
    return { node, delay: index >= 0 ? argumentAt(node.arguments, index) : given }
  }
  if (SLEEP_NAME.test(name) && isWaitedFor(node)) {
    const first = argumentAt(node.arguments, 0)
    return { node, delay: first && !isFunction(definitionOf(file, first)) ? first : undefined }
  }
  return BACKOFF_NAME.test(name) ? { node, delay: undefined } : undefined
}

/** `await sleep(ms)`; a delay that is only computed is no wait. */
function isWaitedFor(call: Node): boolean {
  const { parent } = outerExpression(call)
  return (
    parent?.type === 'AwaitExpression' ||
    parent?.type === 'ExpressionStatement' ||
    parent?.type === 'ReturnStatement' ||
    parent?.type === 'YieldExpression' ||
    parent?.type === 'ArrayExpression' ||
    parent?.type === 'ArrowFunctionExpression' ||
    parent?.type === 'MemberExpression'
  )
}

/** A timer that calls something later, as in `setTimeout(() => again(), 3000)`. */
export function readTimer(node: Node): Wait | undefined {
  return isTimer(node) ? { node, delay: argumentAt(node.arguments, 1) } : undefined
}
