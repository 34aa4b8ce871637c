import { clientValueOf, instanceName } from '../clients/client-values.ts'
import { instanceUrlClass, type HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import type { Protection } from '../model/project-facts.ts'
import { callDeadline, creationDeadline } from '../protections/deadlines.ts'
import { rangeOf, unwrap, type CallExpression, type NewExpression, type Node } from '../syntax/nodes.ts'
import { clientLabel, isReportable, type CallOptions } from './reportable-call.ts'

export interface MissingTimeoutOptions extends CallOptions {
  readonly suggestedMs: number
}

function judged(protection: Protection, options: CallOptions): 'missing' | 'disabled' | undefined {
  if (protection.state === 'no') return 'missing'
  if (protection.state === 'disabled') return 'disabled'
  return protection.state === 'unknown' && options.reportUnknown ? 'missing' : undefined
}

/** Requests and instances that can hang forever. An instance is reported once, where it is made. */
export function findMissingTimeouts(analysis: FileAnalysis, options: MissingTimeoutOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  for (const call of analysis.httpCalls) {
    if (!isReportable(analysis, call, options)) continue
    const protection = callDeadline(analysis, call)
    const verdict = judged(protection, options)
    // What the creation of the instance decides is reported there.
    if (!verdict || (call.value.via === 'created' && protection === creationDeadlineOf(analysis, call))) continue
    if (call.value.via === 'created' && protection.state !== 'disabled') continue
    const value = protection.state === 'disabled' ? protection.value : ''
    const suggestions = verdict === 'missing' ? suggestDeadline(call, options.suggestedMs) : []
    findings.push({ node: call.node, messageId: verdict, data: { client: clientLabel(call), value }, suggestions })
  }
  for (const creation of [...analysis.file.calls, ...analysis.file.news]) {
    const finding = judgeCreation(analysis, creation, options)
    if (finding) findings.push(finding)
  }
  return findings
}

function creationDeadlineOf(analysis: FileAnalysis, call: HttpCall): Protection {
  return creationDeadline(analysis, call.value)
}

function judgeCreation(
  analysis: FileAnalysis,
  creation: CallExpression | NewExpression,
  options: CallOptions,
): Finding | undefined {
  const value = clientValueOf(analysis, creation)
  if (value?.creation !== creation || value.client === 'undici' || value.client === 'superagent') return undefined
  if (value.parent?.via === 'created' || value.parent?.via === 'injected') {
    if (creationDeadline(analysis, value).state !== 'disabled') return undefined
  }
  const base = instanceUrlClass(analysis, value)
  if (base === 'loopback' || base === 'local-data' || (base === 'same-origin' && options.sameOrigin === 'ignore'))
    return undefined
  if (analysis.kind.environment === 'browser' && (base === 'unknown' || base === 'absent')) return undefined
  const protection = creationDeadline(analysis, value)
  const verdict = judged(protection, options)
  if (!verdict) return undefined
  const own = analysis.httpCalls.filter((call) => call.value.creation === creation)
  if (own.length > 0 && own.every((call) => !isReportable(analysis, call, options))) return undefined
  if (own.length > 0 && own.every((call) => callDeadline(analysis, call).state === 'yes')) return undefined
  const name = instanceName(creation)
  const use = analysis.facts.instance(name)
  const count = Math.max(use?.callCount ?? 0, own.length)
  if (verdict === 'disabled') {
    return {
      node: creation,
      messageId: 'disabled',
      data: { client: value.client, value: protection.state === 'disabled' ? protection.value : '' },
    }
  }
  return {
    node: creation,
    messageId: count > 0 ? 'instance' : 'unusedInstance',
    data: { name, client: value.client, n: count === 1 ? '1 call' : `${count} calls` },
  }
}

const SIGNAL_CLIENTS = new Set(['fetch', 'undici', 'node-fetch', 'axios', 'ky', 'ofetch'])

function suggestDeadline(call: HttpCall, suggestedMs: number): readonly Suggestion[] {
  const { client } = call.value
  if (!SIGNAL_CLIENTS.has(client)) return []
  const usesTimeout = client === 'axios' || client === 'ky' || client === 'ofetch'
  const text = usesTimeout ? `timeout: ${suggestedMs}` : `signal: AbortSignal.timeout(${suggestedMs})`
  const data = { text }
  const config: Node | undefined = call.config ? unwrap(call.config) : undefined
  if (config?.type === 'ObjectExpression') {
    const at = rangeOf(config)[0] + 1
    const edit = config.properties.length > 0 ? ` ${text},` : ` ${text} `
    return [{ messageId: 'addDeadline', data, edits: [{ range: [at, at], text: edit }] }]
  }
  if (config || call.opaque) return []
  const last = call.node.arguments.at(-1)
  const bodyless =
    call.url !== undefined &&
    call.node.arguments.length ===
      (call.methods.some((m) => m === 'POST' || m === 'PUT' || m === 'PATCH') && client === 'axios' ? 2 : 1)
  if (!last || !bodyless) return []
  const end = rangeOf(last)[1]
  return [{ messageId: 'addDeadline', data, edits: [{ range: [end, end], text: `, { ${text} }` }] }]
}
