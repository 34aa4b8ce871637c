import { CLIENTS } from '../clients/client-table.ts'
import { configValue } from '../clients/config-values.ts'
import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import { textOf } from '../model/source-file.ts'
import { retryPlaces } from '../repetition/retry-places.ts'
import { clientErrorsIn, isReachedWith } from '../repetition/retried-statuses.ts'
import { CALL_OWNERS, retryOwnersAround } from '../repetition/retry-owners.ts'
import { asksForStatus, predicateHoldsFor } from '../repetition/status-conditions.ts'
import {
  calleeName,
  enclosingFunction,
  isFunction,
  propertyName,
  rangeOf,
  someNode,
  unwrap,
  type Node,
  type ObjectProperty,
} from '../syntax/nodes.ts'

export interface ClientErrorRetryOptions {
  readonly allow: readonly number[]
  /** `check` also judges retry libraries whose default tries every error again. */
  readonly defaultConditions: 'ignore' | 'check'
}

const STATUS_LIST =
  /^(retry_?(on_?)?(able_?)?(http_?)?(status|statuses|status_?codes|codes)|status_?codes_?to_?retry|retryOn|(http_?)?retry_?able_?(status|statuses|status_?codes|codes))$/i
const PREDICATE = /^(shouldRetry|retryCondition|retryIf|retryOn|retryPredicate|retryWhen)$/
const RENEWAL = /refresh|token|login|sign_?in|auth|session|renew|credential|beforeRetry|onRetry|onFailedAttempt/i
const RENEWED = [401, 403, 407]
// ky and got try a 413 again only when it says for how long to wait.
const WAITING_LISTS = [413]

/** Retries of requests that will be refused again: lists, conditions and branches that include 4xx. */
export function findClientErrorRetries(analysis: FileAnalysis, options: ClientErrorRetryOptions): Finding[] {
  const { file } = analysis
  if (analysis.kind.isTest || !/retry|again|status|\.ok\b/i.test(file.text)) return []
  const findings: Finding[] = []
  for (const node of file.nodesOf('Property'))
    findings.push(...judgeProperty(analysis, node as ObjectProperty, options))
  for (const node of file.nodesOf('VariableDeclarator'))
    if (node.id.type === 'Identifier' && node.init)
      findings.push(...judgeList(analysis, node.id.name, node.init, node, options))
  for (const place of retryPlaces(analysis)) findings.push(...judgePlace(analysis, place, options))
  if (options.defaultConditions === 'check') findings.push(...defaultConditions(analysis))
  return findings
}

function judgeProperty(analysis: FileAnalysis, property: ObjectProperty, options: ClientErrorRetryOptions): Finding[] {
  const name = propertyName(property)
  if (name === undefined) return []
  if (PREDICATE.test(name)) {
    const found = judgePredicate(analysis, name, property, options)
    if (found) return [found]
  }
  return judgeList(
    analysis,
    name === 'statusCodes' && isInRetryOption(property) ? 'retryStatusCodes' : name,
    property.value,
    property,
    options,
  )
}

/** `retry: { statusCodes: [...] }` */
function isInRetryOption(property: ObjectProperty): boolean {
  const outer = property.parent?.parent
  return outer?.type === 'Property' && /retry/i.test(propertyName(outer as ObjectProperty) ?? '')
}

function contextOf(node: Node): Node {
  let current: Node = node
  while (current.parent && (current.parent.type === 'Property' || current.parent.type === 'ObjectExpression'))
    current = current.parent
  return current
}

/** A token is renewed before the next attempt, after which a refusal for lack of rights may be another. */
function allowedFor(analysis: FileAnalysis, context: Node, allow: readonly number[]): readonly number[] {
  return RENEWAL.test(textOf(analysis.file, context)) ? [...allow, ...RENEWED] : allow
}

function judgeList(
  analysis: FileAnalysis,
  name: string,
  value: Node,
  at: Node,
  options: ClientErrorRetryOptions,
): Finding[] {
  if (!STATUS_LIST.test(name)) return []
  const made = unwrap(value)
  const argument = made.type === 'NewExpression' && calleeName(made.callee) === 'Set' ? made.arguments[0] : made
  const list = argument && argument.type !== 'SpreadElement' ? unwrap(argument) : undefined
  if (list?.type !== 'ArrayExpression') return []
  const allow = allowedFor(analysis, contextOf(at), [...options.allow, ...WAITING_LISTS])
  const bad = list.elements.flatMap((element) => {
    const status = element ? badEntry(element, allow) : undefined
    return element && status !== undefined ? [{ element, status }] : []
  })
  const [first] = bad
  if (!first) return []
  const kept = list.elements.flatMap((element) =>
    element && !bad.some((entry) => entry.element === element) ? [textOf(analysis.file, element)] : [],
  )
  const suggestion: Suggestion = {
    messageId: 'removeStatus',
    data: { status: bad.map(({ status }) => status).join(', ') },
    edits: [{ range: rangeOf(list), text: `[${kept.join(', ')}]` }],
  }
  return [
    {
      node: first.element,
      messageId: 'status',
      data: { status: bad.map(({ status }) => status).join(', '), allowed: options.allow.join(', ') },
      suggestions: [suggestion],
    },
  ]
}

/** A status or a range of them that holds one which is not allowed. */
function badEntry(element: Node, allow: readonly number[]): string | undefined {
  const node = unwrap(element)
  if (node.type === 'Literal' && typeof node.value === 'number')
    return node.value >= 400 && node.value < 500 && !allow.includes(node.value) ? String(node.value) : undefined
  if (node.type !== 'ArrayExpression' || node.elements.length !== 2) return undefined
  const [from, to] = node.elements.map((end) => (end?.type === 'Literal' ? end.value : undefined))
  if (typeof from !== 'number' || typeof to !== 'number') return undefined
  const refused = clientErrorsIn(allow, (status) => status >= from && status <= to)
  return refused.length > 0 ? `${from}-${to}` : undefined
}

function judgePredicate(
  analysis: FileAnalysis,
  name: string,
  property: ObjectProperty,
  options: ClientErrorRetryOptions,
): Finding | undefined {
  const target = definitionOf(analysis.file, property.value)
  if (!isFunction(target) || !target.body) return undefined
  const isConstant = !asksForStatus(target.body)
  // Of the predicates that answer yes to everything only this one replaces a default that knows better.
  if (isConstant && name !== 'retryCondition') return undefined
  const allow = allowedFor(analysis, contextOf(property), options.allow)
  const [status] = clientErrorsIn(allow, (candidate) => predicateHoldsFor(analysis.file, target, candidate))
  if (status === undefined) return undefined
  return { node: property, messageId: 'status', data: { status: String(status), allowed: options.allow.join(', ') } }
}

function judgePlace(analysis: FileAnalysis, place: Node, options: ClientErrorRetryOptions): Finding[] {
  const branch = branchOf(place)
  if (!branch || RENEWAL.test(textOf(analysis.file, branch.consequent))) return []
  const [status] = clientErrorsIn(options.allow, (candidate) => isReachedWith(analysis.file, place, candidate))
  if (status === undefined) return []
  return [
    { node: branch.test, messageId: 'status', data: { status: String(status), allowed: options.allow.join(', ') } },
  ]
}

/** The nearest condition about a status that a place stands under. */
function branchOf(place: Node): (Node & { type: 'IfStatement' }) | undefined {
  for (let current = place.parent; current && !isFunction(current); current = current.parent) {
    if (current.type === 'IfStatement' && asksForStatus(current.test)) return current
  }
  return undefined
}

/** Retry libraries that try every error again, around a client that throws on 4xx. */
function defaultConditions(analysis: FileAnalysis): Finding[] {
  const reported = new Set<Node>()
  return analysis.httpCalls.flatMap((call) => {
    if (!CLIENTS[call.value.client].throwsOnStatus) return []
    const owner = retryOwnersAround(analysis, call.node)[0]
    if (owner?.module === undefined || !Object.hasOwn(CALL_OWNERS, owner.module) || reported.has(owner.node)) return []
    const conditions = ['shouldRetry', 'retry', 'retryIf', 'retryPredicate', 'until', 'match', 'handleError']
    if (conditions.some((key) => configValue(analysis.file, owner.options, key).found !== 'absent')) return []
    const around = enclosingFunction(call.node)
    const bails = someNode(
      around ?? owner.node,
      (node) => node.type === 'Identifier' && /^(bail|AbortError|abort)$/.test(node.name),
    )
    if (bails) return []
    reported.add(owner.node)
    return [
      { node: owner.node, messageId: 'defaultCondition', data: { owner: owner.label, client: call.value.client } },
    ]
  })
}
