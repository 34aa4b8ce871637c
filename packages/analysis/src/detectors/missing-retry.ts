import { IDEMPOTENT_METHODS } from '../clients/client-table.ts'
import { instanceName } from '../clients/client-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { textOf } from '../model/source-file.ts'
import { callDeadline } from '../protections/deadlines.ts'
import { callRetry, clientRetry } from '../protections/retries.ts'
import { enclosingFunction, nameOf, patternNameOf, type FunctionNode, type Node } from '../syntax/nodes.ts'
import { incompletePolicies } from './incomplete-policy.ts'
import { clientLabel, hostLabel, isReportable, isStream, type CallOptions } from './reportable-call.ts'

export interface MissingRetryOptions extends CallOptions {
  readonly methods: readonly string[]
  readonly scripts: 'ignore' | 'check'
  readonly allowBestEffort: boolean
  /** Longest deadline of a call that a comment marks as best-effort; 0 asks for none. */
  readonly budgetMs: number
  /** Parts of URLs whose GET does something. */
  readonly sideEffectUrls: readonly string[]
}

const SENDS = /^(send|notify|push|publish|deliver)([A-Z]|$)/
const MESSAGE = /message|msg|text|title|subject|notification|recipient|phone/i

/** `send(to, text)`, unlike a `send(url, options)` that any request goes through. */
function sendsMessage(target: FunctionNode): boolean {
  if (!SENDS.test(nameOf(target) ?? '')) return false
  return target.params.some((parameter) => MESSAGE.test(patternNameOf(parameter) ?? ''))
}

/** A GET that sends a message, by its URL or by the function that it is the work of. */
function hasSideEffect(analysis: FileAnalysis, call: HttpCall, options: MissingRetryOptions): boolean {
  if (!call.methods.includes('GET')) return false
  const owner = enclosingFunction(call.node)
  if (owner && sendsMessage(owner)) return true
  const text = call.url && options.sideEffectUrls.length > 0 ? textOf(analysis.file, call.url) : ''
  return options.sideEffectUrls.some((part) => text.includes(part))
}

function isBestEffort(analysis: FileAnalysis, call: HttpCall, { budgetMs }: MissingRetryOptions): boolean {
  const deadline = budgetMs > 0 ? callDeadline(analysis, call) : undefined
  if (deadline && (deadline.state !== 'yes' || (deadline.ms ?? Infinity) > budgetMs)) return false
  const at = call.node.range?.[0] ?? call.node.start
  return analysis.file.comments.some((comment) => {
    if (!comment.value.includes('@best-effort') || comment.range[1] > at) return false
    return analysis.file.text.slice(comment.range[1], at).split('\n').length <= 2
  })
}

/** Repeatable requests that nothing sends again after a failure. An instance is reported once, where it is made. */
export function findMissingRetries(analysis: FileAnalysis, options: MissingRetryOptions): Finding[] {
  if (analysis.kind.isTest || (analysis.kind.isScript && options.scripts === 'ignore')) return []
  const wanted = new Set([...IDEMPOTENT_METHODS, ...options.methods])
  const findings = incompletePolicies(analysis, 'retry')
  const creations = new Map<Node, { call: HttpCall; count: number }>()
  for (const call of analysis.httpCalls) {
    const methods = call.methods.filter((method) => wanted.has(method))
    if (methods.length === 0 || !isReportable(analysis, call, options)) continue
    if (isStream(analysis.file, call) || hasSideEffect(analysis, call, options)) continue
    if (options.allowBestEffort && isBestEffort(analysis, call, options)) continue
    const protection = callRetry(analysis, call, methods)
    if (protection.state === 'yes' || (protection.state === 'unknown' && !options.reportUnknown)) continue
    const { creation } = call.value
    if (creation && clientRetry(analysis, call.value, undefined, methods).state === 'no') {
      const known = creations.get(creation)
      creations.set(creation, { call, count: (known?.count ?? 0) + 1 })
      continue
    }
    findings.push({
      node: call.node,
      messageId: 'missing',
      data: { method: methods[0] ?? 'GET', host: hostLabel(call), client: clientLabel(call) },
    })
  }
  for (const [creation, { count, call }] of creations) {
    const name = instanceName(creation)
    const total = Math.max(count, analysis.facts.instance(name)?.callCount ?? 0)
    findings.push({
      node: creation,
      messageId: 'instance',
      data: { name, client: clientLabel(call), n: total === 1 ? '1 call' : `${total} calls` },
    })
  }
  if (analysis.facts.hasCallMap) findings.push(...exportedInstances(analysis, creations, wanted))
  return findings
}

/** Instances of this file that only other files use. */
function exportedInstances(
  analysis: FileAnalysis,
  known: ReadonlyMap<Node, unknown>,
  wanted: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = []
  for (const { node: creation, value } of analysis.creations) {
    if (creation.type === 'NewExpression' || known.has(creation)) continue
    const name = instanceName(creation)
    const use = analysis.facts.instance(name)
    const methods = use?.methods.filter((method) => wanted.has(method)) ?? []
    if (!use || methods.length === 0 || use.retry !== undefined) continue
    if (clientRetry(analysis, value, undefined, methods).state !== 'no') continue
    if (analysis.instanceIsLocal(value)) continue
    findings.push({
      node: creation,
      messageId: 'instance',
      data: { name, client: value.client, n: use.callCount === 1 ? '1 call' : `${use.callCount} calls` },
    })
  }
  return findings
}
