import { configValue } from '../clients/config-values.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { configurableCalls } from '../repetition/configurable-calls.ts'
import { literalMs } from '../repetition/delay-growth.ts'
import { readWait } from '../repetition/waits.ts'
import type { Repetition } from '../repetition/repetition.ts'
import { repetitionsOf } from '../repetition/repetitions.ts'
import { CALL_OWNERS } from '../repetition/retry-owners.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  enclosingFunction,
  memberName,
  nameOf,
  someNode,
  someOwnNode,
  unwrap,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'

export interface UnboundedRetryOptions {
  readonly allowReconnect: boolean
}

const RECONNECT_NAME = /connect|subscribe|listen|consum|supervis|keepAlive|watch/i
const SCHEDULE_MS = 60_000
// Whoever is asked may answer wrongly as often as they like.
const PROMPT_NAME = /prompt|question|readline|askUser|confirm|inquirer/i

/** Retries that nothing but success ends. */
export function findUnboundedRetries(analysis: FileAnalysis, options: UnboundedRetryOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  for (const repetition of repetitionsOf(analysis)) {
    if (repetition.isLimited || asksSomebody(repetition) || isSchedule(analysis, repetition)) continue
    if (repairs(analysis, repetition)) continue
    if (options.allowReconnect && isReconnect(repetition)) continue
    findings.push({ node: repetition.node, messageId: 'unbounded' })
  }
  if (!/infinit|forever|retry/i.test(analysis.file.text)) return findings
  for (const call of configurableCalls(analysis)) {
    const node = unlimitedOption(analysis, call)
    if (node) findings.push({ node, messageId: 'unbounded' })
  }
  return findings
}

function namesACall(code: Node, pattern: RegExp): boolean {
  return someOwnNode(
    code,
    (node) =>
      (node.type === 'CallExpression' && pattern.test(dottedName(node.callee) ?? calleeName(node.callee) ?? '')) ||
      (node.type === 'NewExpression' && /WebSocket|EventSource|Consumer|Worker/.test(calleeName(node.callee) ?? '')),
  )
}

/** A connection that is set up again after a pause, for as long as the program runs. */
function isReconnect(one: Repetition): boolean {
  if (one.waits.length === 0) return false
  const around = one.selfCall?.target ?? enclosingFunction(one.node)
  return RECONNECT_NAME.test((around && nameOf(around)) ?? '') || namesACall(one.attempt, RECONNECT_NAME)
}

/** Work that is put on again for much later is a schedule. */
function isSchedule(analysis: FileAnalysis, one: Repetition): boolean {
  return one.waits.some(({ delay }) => delay !== undefined && (literalMs(analysis.file, delay) ?? 0) >= SCHEDULE_MS)
}

const REPORTING = /^(log|warn|error|debug|info|trace|verbose|fatal|capture\w*|record\w*|report\w*|track\w*|emit)$/i

/** Something is done about the failure before the next attempt: a token renewed, a parent created, a refusal answered. */
function repairs(analysis: FileAnalysis, one: Repetition): boolean {
  if (one.reaction === one.repeats) return false
  return someNode(one.reaction, (node) => {
    const waited =
      node.type === 'AwaitExpression' ? unwrap(node.argument) : isThen(node) ? unwrap(node.callee.object) : undefined
    if (waited?.type !== 'CallExpression' || waited === one.node) return false
    if (readWait(analysis.file, waited) || REPORTING.test(calleeName(waited.callee) ?? '')) return false
    return !someNode(waited, (inner) => inner === one.node)
  })
}

type ThenCall = CallExpression & { readonly callee: Node & { readonly type: 'MemberExpression' } }

function isThen(node: Node): node is ThenCall {
  return node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && memberName(node.callee) === 'then'
}

function asksSomebody(one: Repetition): boolean {
  return namesACall(one.attempt, PROMPT_NAME)
}

function isEndless(analysis: FileAnalysis, value: Node | undefined): boolean {
  const node = value ? definitionOf(analysis.file, value) : undefined
  if (node?.type === 'Identifier') return node.name === 'Infinity'
  return node !== undefined && /^Number\.(POSITIVE_INFINITY|MAX_VALUE|MAX_SAFE_INTEGER)$/.test(dottedName(node) ?? '')
}

function option(analysis: FileAnalysis, config: Node | undefined, key: string): Node | undefined {
  const found = configValue(analysis.file, config, key)
  return found.found === 'value' ? found.value : undefined
}

function isTrue(node: Node | undefined): boolean {
  const plain = node ? unwrap(node) : undefined
  return plain?.type === 'Literal' && plain.value === true
}

/** The option of a retry library or client that takes the limit away. */
function unlimitedOption(analysis: FileAnalysis, call: CallExpression): Node | undefined {
  const origin = originOf(analysis.file, call.callee)
  const endless = (config: Node | undefined, key: string): Node | undefined => {
    const value = option(analysis, config, key)
    return isEndless(analysis, value) ? value : undefined
  }
  if (origin?.from === 'module') {
    const { module } = origin
    const name = origin.path.at(-1) ?? ''
    if (Object.hasOwn(CALL_OWNERS, module) || module === 'retry' || module === 'axios-retry') {
      const key = CALL_OWNERS[module]?.count ?? 'retries'
      for (const argument of call.arguments) {
        if (argument.type === 'SpreadElement' || unwrap(argument).type === 'ArrowFunctionExpression') continue
        const forever = option(analysis, argument, 'forever')
        const found = endless(argument, key) ?? (isTrue(forever) ? forever : undefined)
        if (found) return hasTimeLimit(analysis, argument) ? undefined : found
      }
      return undefined
    }
    if (module === 'cockatiel' && name === 'retry') return cockatielLimit(analysis, call)
    if (/^(@tanstack\/\w+-query|react-query)$/.test(module)) {
      const retry = option(analysis, argumentAt(call.arguments, 0), 'retry')
      return isTrue(retry) || isEndless(analysis, retry) ? retry : undefined
    }
    if (/^rxjs(\/operators)?$/.test(module) && name === 'retry') return observableRetry(analysis, call)
  }
  const http = analysis.httpCallAt(call)
  const created = http ? undefined : analysis.createdAt(call)
  const config = http ? http.config : created ? argumentAt(call.arguments, 0) : undefined
  if (!config) return undefined
  const retry = option(analysis, config, 'retry')
  return isEndless(analysis, retry) ? retry : retry && endless(retry, 'limit')
}

function hasTimeLimit(analysis: FileAnalysis, options: Node): boolean {
  return ['maxRetryTime', 'signal', 'timeout'].some(
    (key) => configValue(analysis.file, options, key).found !== 'absent',
  )
}

/** cockatiel's `retry` has no limit of its own. */
function cockatielLimit(analysis: FileAnalysis, call: CallExpression): Node | undefined {
  const options = argumentAt(call.arguments, 1)
  const limit = configValue(analysis.file, options, 'maxAttempts')
  if (limit.found === 'value') return isEndless(analysis, limit.value) ? limit.value : undefined
  return limit.found === 'absent' && call.arguments.length > 0 ? call : undefined
}

/** `http.get(url).pipe(retry())` subscribes again without end. */
function observableRetry(analysis: FileAnalysis, call: CallExpression): Node | undefined {
  const piped = call.parent
  if (call.arguments.length > 0 || piped?.type !== 'CallExpression') return undefined
  const callee = unwrap(piped.callee)
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'pipe') return undefined
  return analysis.httpCallAt(unwrap(callee.object)) ? call : undefined
}
