import { instanceName } from '../clients/client-values.ts'
import { instanceUrlClass, type HttpCall } from '../clients/http-calls.ts'
import type { Creation, FileAnalysis, Finding } from '../model/analysis.ts'
import type { CallersWithout, Protection } from '../model/project-facts.ts'
import { callDeadline, configDeadline, creationDeadline } from '../protections/deadlines.ts'
import { timeoutDefaults, timeoutValue } from '../protections/timeout-defaults.ts'
import { memberName, type Node } from '../syntax/nodes.ts'
import { suggestDeadline, suggestForCreation } from './deadline-suggestions.ts'
import { incompletePolicies } from './incomplete-policy.ts'
import { clientLabel, isReportable, isStream, type CallOptions } from './reportable-call.ts'

export interface MissingTimeoutOptions extends CallOptions {
  readonly suggestedMs: number
  /** Longest deadline that is accepted; 0 accepts any. */
  readonly maxMs: number
  readonly streams: 'check' | 'ignore'
  /** Where a missing timeout of an instance is reported: where it is made, or at each call. */
  readonly instances: 'create' | 'calls'
}

function judged(protection: Protection, options: CallOptions): 'missing' | 'disabled' | undefined {
  if (protection.state === 'no') return 'missing'
  if (protection.state === 'disabled') return 'disabled'
  return protection.state === 'unknown' && options.reportUnknown ? 'missing' : undefined
}

/** Requests and instances that can hang forever. An instance is reported once, where it is made. */
export function findMissingTimeouts(analysis: FileAnalysis, options: MissingTimeoutOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings = incompletePolicies(analysis, 'deadline')
  for (const call of analysis.httpCalls) {
    if (!isReportable(analysis, call, options)) continue
    if (options.streams === 'ignore' && isStream(analysis.file, call)) continue
    const finding = judgeCall(analysis, call, options)
    if (finding) findings.push(finding)
  }
  for (const creation of analysis.creations) {
    const finding = judgeCreation(analysis, creation, options)
    if (finding) findings.push(finding)
  }
  return [...findings, ...longDefaults(analysis, options)]
}

function judgeCall(analysis: FileAnalysis, call: HttpCall, options: MissingTimeoutOptions): Finding | undefined {
  if (options.maxMs > 0) {
    const own = configDeadline(analysis, call.value.client, call.config)
    if (isTooLong(own, options)) return tooLong(call.node, own, options)
  }
  const protection = callDeadline(analysis, call)
  const verdict = judged(protection, options)
  if (!verdict) return undefined
  // What the creation of the instance decides is reported there.
  if (call.value.via === 'created' && options.instances === 'create') {
    if (protection.state !== 'disabled' || protection === creationDeadline(analysis, call.value)) return undefined
  }
  const value = protection.state === 'disabled' ? protection.value : ''
  const callers = protection.state === 'no' ? protection.callers : undefined
  // A deadline put into the call would win over those that callers do give.
  const suggestions = verdict === 'missing' && !callers ? suggestDeadline(analysis.file, call, options.suggestedMs) : []
  return {
    node: call.node,
    messageId: callers ? 'callers' : verdict,
    data: { client: clientLabel(call), value, ...(callers ? described(callers) : {}) },
    suggestions,
  }
}

function described({ without, calls }: CallersWithout): Readonly<Record<'n' | 'all', string>> {
  return { n: String(without), all: calls === 1 ? '1 call' : `${calls} calls` }
}

function isTooLong(protection: Protection, { maxMs }: MissingTimeoutOptions): boolean {
  return maxMs > 0 && protection.state === 'yes' && (protection.ms ?? 0) > maxMs
}

function tooLong(node: Node, protection: Protection, { maxMs }: MissingTimeoutOptions): Finding {
  const ms = protection.state === 'yes' ? (protection.ms ?? 0) : 0
  return { node, messageId: 'tooLong', data: { ms: String(ms), maxMs: String(maxMs) } }
}

/** A default that is longer than accepted is reported where it is set, not at the calls that have it. */
function longDefaults(analysis: FileAnalysis, options: MissingTimeoutOptions): Finding[] {
  if (options.maxMs === 0) return []
  return timeoutDefaults(analysis.file, analysis.file.program).flatMap(({ value }) => {
    const protection = timeoutValue(analysis.file, value)
    return isTooLong(protection, options) ? tooLong(value, protection, options) : []
  })
}

function judgeCreation(
  analysis: FileAnalysis,
  { node: creation, value }: Creation,
  options: MissingTimeoutOptions,
): Finding | undefined {
  if (value.client === 'undici' || value.client === 'superagent') return undefined
  if (value.parent?.via === 'created' || value.parent?.via === 'injected') {
    if (creationDeadline(analysis, value).state !== 'disabled') return undefined
  }
  const base = instanceUrlClass(analysis, value)
  if (base === 'loopback' || base === 'local-data' || (base === 'same-origin' && options.sameOrigin === 'ignore'))
    return undefined
  if (analysis.kind.environment === 'browser' && (base === 'unknown' || base === 'absent')) return undefined
  const protection = creationDeadline(analysis, value)
  if (isTooLong(protection, options)) return tooLong(creation, protection, options)
  const verdict = judged(protection, options)
  if (!verdict || isExtended(creation)) return undefined
  const own = analysis.httpCallsOf(creation)
  if (own.length > 0 && own.every((call) => !isReportable(analysis, call, options))) return undefined
  if (own.length > 0 && own.every((call) => callDeadline(analysis, call).state === 'yes')) return undefined
  if (own.length > 0 && verdict === 'missing' && options.instances === 'calls') return undefined
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
    suggestions: suggestForCreation(value, creation, options.suggestedMs),
  }
}

/** `ky.create({}).extend({})`: the last one decides. */
function isExtended(creation: Node): boolean {
  const member = creation.parent
  return member?.type === 'MemberExpression' && member.object === creation && memberName(member) === 'extend'
}
