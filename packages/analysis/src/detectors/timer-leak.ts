import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import { handleOf, isGlobalTimer, timerEnd } from '../repetition/timer-handles.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  enclosingFunction,
  isFunction,
  keyName,
  memberName,
  someNode,
  stringValue,
  unwrap,
  walk,
  walkOwnCode,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/** Timers that go on after what they watched is over. */
export function findTimerLeaks(analysis: FileAnalysis): Finding[] {
  const { file } = analysis
  if (analysis.kind.isTest || !/set(Timeout|Interval)/.test(file.text)) return []
  const found = new Map<Node, string>()
  // A browser drops the timer with the page, and nothing waits for it to end.
  const isServer = analysis.kind.environment === 'server'
  for (const call of file.callsNamed('setInterval')) {
    const messageId = isGlobalTimer(file, call, 'setInterval') ? judgeInterval(analysis, call) : undefined
    if (messageId !== undefined) found.set(call, messageId)
  }
  for (const call of isServer ? file.callsNamed('setTimeout') : []) {
    const isOwn = isGlobalTimer(file, call, 'setTimeout') && abortsLocalController(analysis, call)
    const messageId = isOwn ? judgeEnd(analysis, call) : undefined
    if (messageId !== undefined) found.set(call, messageId)
  }
  for (const call of isServer ? file.callsNamed('race') : []) {
    if (dottedName(call.callee) !== 'Promise.race') continue
    for (const timer of racingTimers(analysis, call)) {
      const messageId = isGlobalTimer(file, timer, 'setTimeout') ? judgeEnd(analysis, timer) : 'never'
      if (messageId !== undefined) found.set(timer, messageId)
    }
  }
  return [...found].map(([node, messageId]) => ({ node, messageId }))
}

function judgeEnd(analysis: FileAnalysis, timer: CallExpression): string | undefined {
  const end = timerEnd(analysis.file, timer)
  return end === 'never' || end === 'success' ? end : undefined
}

/** `setTimeout(() => controller.abort(), ms)` for a controller that lives no longer than the function. */
function abortsLocalController(analysis: FileAnalysis, timer: CallExpression): boolean {
  const { file } = analysis
  const handler = argumentAt(timer.arguments, 0)
  const target = handler ? definitionOf(file, handler) : undefined
  const around = enclosingFunction(timer)
  if (!target || !isFunction(target) || !around?.async) return false
  return someNode(target, (node) => {
    if (node.type !== 'CallExpression' || memberName(unwrap(node.callee)) !== 'abort') return false
    const callee = unwrap(node.callee)
    const owner = callee.type === 'MemberExpression' ? unwrap(callee.object) : undefined
    const binding = owner?.type === 'Identifier' ? file.resolve(owner) : undefined
    return binding !== undefined && enclosingFunction(binding.identifier) === around && binding.kind !== 'parameter'
  })
}

/** The timers of promises that take part in a race, made on the spot, before, or by a function of this file. */
function racingTimers(analysis: FileAnalysis, race: CallExpression): readonly CallExpression[] {
  const { file } = analysis
  const first = argumentAt(race.arguments, 0)
  const list = first ? definitionOf(file, first) : undefined
  if (list?.type !== 'ArrayExpression' || list.elements.length < 2) return []
  return list.elements.flatMap((element) => {
    if (!element || element.type === 'SpreadElement') return []
    const made = definitionOf(file, element)
    if (made.type === 'NewExpression') return promiseTimer(analysis, made)
    if (made.type !== 'CallExpression') return []
    const origin = originOf(file, made.callee)
    if (origin?.from === 'module')
      return /^(node:)?timers\/promises$/.test(origin.module) &&
        origin.path.at(-1) === 'setTimeout' &&
        !made.arguments[2]
        ? [made]
        : []
    const target = calledFunction(file, made.callee)
    return target ? timersReturned(analysis, target) : []
  })
}

/** The timer of `new Promise((_, reject) => setTimeout(reject, ms))`. */
function promiseTimer(analysis: FileAnalysis, made: Node): readonly CallExpression[] {
  if (made.type !== 'NewExpression' || calleeName(made.callee) !== 'Promise') return []
  const executor = argumentAt(made.arguments, 0)
  if (!executor || !isFunction(executor) || !executor.body) return []
  const timers: CallExpression[] = []
  walkOwnCode(executor.body, (node) => {
    if (node.type === 'CallExpression' && isGlobalTimer(analysis.file, node, 'setTimeout')) timers.push(node)
  })
  return timers
}

/** The timers of a function that returns such a promise and gives no way to clear it. */
function timersReturned(analysis: FileAnalysis, target: FunctionNode): readonly CallExpression[] {
  const { body } = target
  if (!body) return []
  if (body.type !== 'BlockStatement') return promiseTimer(analysis, unwrap(body))
  const timers: CallExpression[] = []
  walkOwnCode(body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument) timers.push(...promiseTimer(analysis, unwrap(node.argument)))
  })
  return timers
}

const HOOKS = /^(useEffect|useLayoutEffect|onMounted|onMount|afterUpdate)$/
const LISTENERS = /^(on|once|addEventListener|addListener)$/
const PER_REQUEST = /^(connection|connect|request|message|data|click|session)$/
const ROUTES = /^(get|post|put|patch|delete|all|use)$/

/** An interval that nothing can stop, started by code that runs again and again; or one that outlives a failure. */
function judgeInterval(analysis: FileAnalysis, interval: CallExpression): string | undefined {
  const { file } = analysis
  const around = enclosingFunction(interval)
  if (!around) return undefined
  const handle = handleOf(file, interval)
  if (handle === 'hidden' || handle === 'field') return undefined
  if (handle === 'lost') return runsAgain(around) && !returnsIt(interval, around) ? 'interval' : undefined
  const end = timerEnd(file, interval)
  if (end === 'success') return 'success'
  const isLocal = enclosingFunction(handle.identifier) === around
  return end === 'never' && isLocal && (runsAgain(around) || awaitsAfter(around, interval)) ? 'interval' : undefined
}

/** `() => setInterval(...)` hands the interval to whoever called. */
function returnsIt(interval: Node, around: FunctionNode): boolean {
  return around.body === interval && around.parent?.type !== 'CallExpression'
}

function awaitsAfter(around: FunctionNode, interval: Node): boolean {
  if (!around.async || !around.body) return false
  let seen = false
  let found = false
  walk(around.body, (node) => {
    if (node === interval) seen = true
    if (node !== around.body && isFunction(node)) return false
    if (seen && node.type === 'AwaitExpression') found = true
    return !found
  })
  return found
}

/** Promise executors, effects, and handlers of requests, messages and connections. */
function runsAgain(around: FunctionNode): boolean {
  const { parent } = around
  if (parent?.type === 'NewExpression') return calleeName(parent.callee) === 'Promise'
  if (parent?.type === 'MethodDefinition')
    return /^(componentDidMount|componentDidUpdate|connectedCallback)$/.test(keyName(parent.key, parent.computed) ?? '')
  if (parent?.type !== 'CallExpression') return false
  const name = calleeName(parent.callee) ?? ''
  if (HOOKS.test(name)) return true
  const first = stringValue(parent.arguments[0]) ?? ''
  if (LISTENERS.test(name)) return PER_REQUEST.test(first)
  return ROUTES.test(name) && first.startsWith('/') && memberName(unwrap(parent.callee)) !== undefined
}
