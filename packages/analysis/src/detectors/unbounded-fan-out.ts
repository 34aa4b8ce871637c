import { configValue } from '../clients/config-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import { textOf } from '../model/source-file.ts'
import { pluginsOf } from '../repetition/attached-plugins.ts'
import { isBoundedList, pushesOnto } from '../repetition/bounded-lists.ts'
import { isLoop } from '../repetition/outcomes.ts'
import { retryOwnerAt } from '../repetition/retry-owners.ts'
import { readWait } from '../repetition/waits.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  isFunction,
  memberName,
  unwrap,
  walk,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { isReportable, type CallOptions } from './reportable-call.ts'

export interface UnboundedFanOutOptions extends CallOptions {
  /** Elements up to which a literal list is no fan-out. */
  readonly max: number
}

const LIMITER = /acquire|limit|throttle|schedul|semaphore|queue|permit|mutex|bottleneck|concurren|bulkhead|lock/i
const TRANSPARENT =
  /^(then|catch|finally|map|forEach|flatMap|filter|reduce|useCallback|Promise|all|allSettled|race|any)$/

/** Lists of unknown length for each element of which a request starts at once. */
export function findUnboundedFanOut(analysis: FileAnalysis, options: UnboundedFanOutOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  const reaches = requestsReached(analysis, options)
  const calls = new Set(['forEach', 'all', 'allSettled'].flatMap((name) => analysis.file.callsNamed(name)))
  for (const { node, origin } of importedCalls(analysis.file)) if (origin.module === 'p-map') calls.add(node)
  for (const call of calls) {
    if (startsOneForEach(analysis, call, options, reaches)) findings.push({ node: call, messageId: 'unbounded' })
  }
  return findings
}

type Reaches = (code: Node) => boolean

function startsOneForEach(
  analysis: FileAnalysis,
  call: CallExpression,
  options: UnboundedFanOutOptions,
  reaches: Reaches,
): boolean {
  const { file } = analysis
  const callee = unwrap(call.callee)
  const name = calleeName(callee)
  const first = argumentAt(call.arguments, 0)
  if (!first) return false
  if (name === 'forEach' && callee.type === 'MemberExpression') {
    return !isBoundedList(file, callee.object, options.max) && runs(file, first, reaches)
  }
  if (name === 'all' || name === 'allSettled') {
    const dotted = dottedName(callee)
    return (dotted === 'Promise.all' || dotted === 'Promise.allSettled') && isFanOut(analysis, first, options, reaches)
  }
  const origin = originOf(file, callee)
  if (origin?.from !== 'module' || origin.module !== 'p-map' || origin.path.at(-1) !== 'default') return false
  const concurrency = configValue(file, argumentAt(call.arguments, 2), 'concurrency')
  if (concurrency.found !== 'absent' || isBoundedList(file, first, options.max)) return false
  const mapper = argumentAt(call.arguments, 1)
  const target = mapper ? definitionOf(file, mapper) : undefined
  return target !== undefined && (!isFunction(target) || reaches(target))
}

function runs(file: FileAnalysis['file'], callback: Node, reaches: Reaches): boolean {
  const target = definitionOf(file, callback)
  return isFunction(target) && reaches(target)
}

/** `xs.map(f)`, `Array.from(xs, f)`, a list that a loop has filled, or a literal with one of these spread into it. */
function isFanOut(analysis: FileAnalysis, list: Node, options: UnboundedFanOutOptions, reaches: Reaches): boolean {
  const { file } = analysis
  const node = unwrap(definitionOf(file, list))
  if (node.type === 'ArrayExpression') {
    const spread = node.elements.some(
      (element) => element?.type === 'SpreadElement' && isFanOut(analysis, element.argument, options, reaches),
    )
    return spread || (node.elements.length === 0 && isFilledByLoop(analysis, list, options, reaches))
  }
  if (node.type !== 'CallExpression') return false
  const callee = unwrap(node.callee)
  const first = argumentAt(node.arguments, 0)
  if (dottedName(callee) === 'Array.from') {
    const mapper = argumentAt(node.arguments, 1)
    return !!first && !!mapper && !isBoundedList(file, node, options.max) && runs(file, mapper, reaches)
  }
  if (callee.type !== 'MemberExpression' || !first) return false
  const name = memberName(callee)
  if (name === 'filter' || name === 'flat' || name === 'concat')
    return isFanOut(analysis, callee.object, options, reaches)
  if (name !== 'map' && name !== 'flatMap') return false
  return !isBoundedList(file, callee.object, options.max) && runs(file, first, reaches)
}

function isFilledByLoop(
  analysis: FileAnalysis,
  list: Node,
  options: UnboundedFanOutOptions,
  reaches: Reaches,
): boolean {
  const { file } = analysis
  const plain = unwrap(list)
  const binding = plain.type === 'Identifier' ? file.resolve(plain) : undefined
  // A list whose length is looked at is emptied in between.
  const isWatched = binding && file.references(binding).some(({ parent }) => parent && memberName(parent) === 'length')
  if (isWatched) return false
  return pushesOnto(file, list).some((element) => {
    const loop = loopAround(element)
    if (!loop) return false
    if (loop.type === 'ForOfStatement' && isBoundedList(file, loop.right, options.max)) return false
    if (loop.type === 'ForStatement' && loop.test?.type === 'BinaryExpression' && loop.test.right.type === 'Literal')
      return false
    return reaches(element)
  })
}

/** The loop, or the `forEach`, that a node runs in. */
function loopAround(node: Node): Node | undefined {
  for (let current = node.parent; current; current = current.parent) {
    if (isLoop(current)) return current
    if (isFunction(current)) {
      const call = current.parent
      if (call?.type !== 'CallExpression' || calleeName(call.callee) !== 'forEach') return undefined
      return call
    }
  }
  return undefined
}

/** Tells of code whether running it sends a request that nothing holds back. */
function requestsReached(analysis: FileAnalysis, options: UnboundedFanOutOptions): Reaches {
  const known = new Map<Node, boolean>()
  const counts = (call: HttpCall): boolean => isReportable(analysis, call, options) && !isLimited(analysis, call)
  const judge = (code: Node, depth: number): boolean => {
    const cached = known.get(code)
    if (cached !== undefined) return cached
    known.set(code, false)
    let outcome: 'none' | 'held' | 'sends' = 'none'
    walk(code, (node) => {
      if (outcome !== 'none') return false
      if (node !== code && isFunction(node)) return runsWithCaller(analysis, node)
      if (node.type !== 'CallExpression') return true
      const name = dottedName(node.callee) ?? calleeName(node.callee) ?? ''
      if (LIMITER.test(name) || readWait(analysis.file, node)) {
        outcome = 'held'
        return false
      }
      const http = analysis.httpCallAt(node)
      const sends = http
        ? counts(http)
        : depth < 3 && callsRequest(analysis, node, (target) => judge(target, depth + 1))
      if (sends) outcome = 'sends'
      return !sends
    })
    // The visitor changes it, which the compiler does not see.
    const sends = (outcome as string) === 'sends'
    known.set(code, sends)
    return sends
  }
  return (code) => judge(code, 0)
}

function callsRequest(analysis: FileAnalysis, call: CallExpression, judge: (target: FunctionNode) => boolean): boolean {
  const target = calledFunction(analysis.file, call.callee)
  if (target) return judge(target)
  const origin = originOf(analysis.file, call.callee)
  if (origin?.from !== 'module') return false
  return analysis.facts.imported(origin.module, origin.path[0] ?? 'default')?.wrapper?.client !== undefined
}

/** A function inside the callback runs with it when it is handed to something that calls it at once. */
function runsWithCaller(analysis: FileAnalysis, target: Node): boolean {
  const call = target.parent
  if (call?.type === 'NewExpression') return calleeName(call.callee) === 'Promise'
  if (call?.type !== 'CallExpression') return false
  if (call.callee === target) return true
  return TRANSPARENT.test(calleeName(call.callee) ?? '') || retryOwnerAt(analysis, call) !== undefined
}

/** The instance is wrapped by a limiter, or a policy is attached to it. */
function isLimited(analysis: FileAnalysis, call: HttpCall): boolean {
  const { creation } = call.value
  const wrapper = creation?.parent
  if (wrapper?.type === 'CallExpression' && wrapper.callee !== creation) {
    const origin = originOf(analysis.file, wrapper.callee)
    const name = `${origin?.from === 'module' ? origin.module : ''} ${textOf(analysis.file, wrapper.callee)}`
    if (LIMITER.test(name)) return true
  }
  return pluginsOf(analysis, call.value).some(({ module }) => module === '@holdfast/axios-interceptor')
}
