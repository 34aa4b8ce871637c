import { configValue } from '../clients/config-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { textOf } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import { pluginsOf } from '../repetition/attached-plugins.ts'
import { CHOOSES, repeatsAfterServerError, runsWith } from '../repetition/repeated-failures.ts'
import { repetitionAround } from '../repetition/repetitions.ts'
import { CALL_OWNERS, retryOwnersAround, type RetryOwner } from '../repetition/retry-owners.ts'
import { predicateHoldsFor } from '../repetition/status-conditions.ts'
import {
  argumentAt,
  enclosingFunction,
  isFunction,
  memberName,
  propertyName,
  stringValue,
  unwrap,
  type Node,
} from '../syntax/nodes.ts'
import { isReportable, type CallOptions } from './reportable-call.ts'

export interface UnsafeRetryOptions extends CallOptions {
  /** Words in the URL of POST requests that only read. */
  readonly safePosts: readonly string[]
  /** Parts of URLs whose GET does something. */
  readonly sideEffectUrls: readonly string[]
  readonly keyHeaders: readonly string[]
}

/** Requests that may have an effect twice because something sends them again. */
export function findUnsafeRetries(analysis: FileAnalysis, options: UnsafeRetryOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const reported = new Set<Node>()
  return analysis.httpCalls.flatMap((call) => {
    const method = unsafeMethod(analysis, call, options)
    if (method === undefined || call.opaque || !isReportable(analysis, call, options)) return []
    const node = retriedAt(analysis, call, method)
    if (!node || reported.has(node) || hasKey(analysis, call, options)) return []
    reported.add(node)
    return [{ node, messageId: 'unsafe', data: { method } }]
  })
}

/** The words of a URL expression: its literals and the names it is made of. */
function urlWords(analysis: FileAnalysis, call: HttpCall): { text: string; words: ReadonlySet<string> } {
  if (!call.url) return { text: '', words: new Set() }
  const defined = definitionOf(analysis.file, call.url)
  const text = `${textOf(analysis.file, call.url)} ${defined === call.url ? '' : textOf(analysis.file, defined)}`
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  return { text, words: new Set(words) }
}

function unsafeMethod(analysis: FileAnalysis, call: HttpCall, options: UnsafeRetryOptions): string | undefined {
  const method = call.methods.find((name) => name === 'POST' || name === 'PATCH')
  if (method !== undefined) {
    const { text, words } = urlWords(analysis, call)
    if (options.safePosts.some((safe) => words.has(safe.toLowerCase()) || (safe.includes('/') && text.includes(safe))))
      return undefined
    return asksGraphQl(analysis, call) ? undefined : method
  }
  if (options.sideEffectUrls.length === 0 || !call.methods.includes('GET')) return undefined
  const { text } = urlWords(analysis, call)
  return options.sideEffectUrls.some((part) => text.includes(part)) ? 'GET' : undefined
}

/** A body with a GraphQL query; a mutation says so. */
function asksGraphQl(analysis: FileAnalysis, call: HttpCall): boolean {
  return call.node.arguments.some((argument) => {
    if (argument.type === 'SpreadElement') return false
    const query = configValue(analysis.file, argument, 'query')
    if (query.found !== 'value') return false
    return !/^\s*mutation/.test(stringValue(definitionOf(analysis.file, query.value)) ?? '')
  })
}

/** What sends the request again: the request itself, or the option that allows it. */
function retriedAt(analysis: FileAnalysis, call: HttpCall, method: string): Node | undefined {
  if (retryOwnersAround(analysis, call.node).some((owner) => repeatsAnything(analysis, owner))) return call.node
  const loop = repetitionAround(analysis, call.node)
  if (loop && runsWith(call.node, loop.repeats) && repeatsAfterServerError(analysis, loop)) return call.node
  return byClient(analysis, call, method) ?? byPlugin(analysis, call)
}

function repeatsAnything(analysis: FileAnalysis, owner: RetryOwner): boolean {
  const isCallback =
    owner.module === undefined || Object.hasOwn(CALL_OWNERS, owner.module) || owner.module === 'cockatiel'
  if (!isCallback) return false
  return !(owner.options && CHOOSES.test(textOf(analysis.file, owner.options)))
}

/** ky and got repeat what `retry.methods` names, ofetch whatever has a number of retries. */
function byClient(analysis: FileAnalysis, call: HttpCall, method: string): Node | undefined {
  const { client, creation } = call.value
  if (client !== 'ky' && client !== 'got' && client !== 'ofetch') return undefined
  for (const place of [call.config, creation ? argumentAt(creation.arguments, 0) : undefined]) {
    const retry = configValue(analysis.file, place, 'retry')
    if (retry.found === 'unknown') return undefined
    if (retry.found === 'absent') continue
    const value = definitionOf(analysis.file, retry.value)
    if (client === 'ofetch') {
      const isOn = value.type === 'Literal' && typeof value.value === 'number' && value.value > 0
      return isOn ? retry.value : undefined
    }
    const limit = configValue(analysis.file, value, 'limit')
    if (limit.found === 'value' && unwrap(limit.value).type === 'Literal' && stringLiteral(limit.value) === '0')
      return undefined
    const methods = configValue(analysis.file, value, 'methods')
    if (methods.found === 'absent') break
    const list = methods.found === 'value' ? definitionOf(analysis.file, methods.value) : undefined
    if (methods.found !== 'value' || list?.type !== 'ArrayExpression') return undefined
    const names = list.elements.map((element) => stringValue(element)?.toUpperCase())
    return names.includes(method) ? methods.value : undefined
  }
  return method === 'GET' ? call.node : undefined
}

function stringLiteral(node: Node): string {
  const plain = unwrap(node)
  return plain.type === 'Literal' ? String(plain.value) : ''
}

/** A condition of axios-retry that does not look at the method. */
function byPlugin(analysis: FileAnalysis, call: HttpCall): Node | undefined {
  for (const plugin of pluginsOf(analysis, call.value)) {
    if (plugin.module !== 'axios-retry') continue
    const condition = configValue(analysis.file, plugin.options, 'retryCondition')
    if (condition.found !== 'value') continue
    const value = unwrap(condition.value)
    const name = value.type === 'Identifier' ? value.name : memberName(value)
    if (name === 'isRetryableError') return condition.value
    const target = definitionOf(analysis.file, value)
    if (!isFunction(target) || !target.body || CHOOSES.test(textOf(analysis.file, target))) continue
    if (predicateHoldsFor(analysis.file, target, 500) === true) return condition.value
  }
  return undefined
}

/** Whether the request carries a key that lets the server know the second one; unknown headers count. */
function hasKey(analysis: FileAnalysis, call: HttpCall, options: UnsafeRetryOptions): boolean {
  const { file } = analysis
  const around = enclosingFunction(call.node) ?? call.node
  if (/idempoten/i.test(textOf(file, around))) return true
  const wanted = new Set(options.keyHeaders.map((header) => header.toLowerCase()))
  const { creation } = call.value
  for (const place of [call.config, creation ? argumentAt(creation.arguments, 0) : undefined]) {
    const headers = configValue(file, place, 'headers')
    if (headers.found === 'unknown') return true
    if (headers.found === 'absent') continue
    const list = definitionOf(file, headers.value)
    if (list.type !== 'ObjectExpression') return true
    for (const property of list.properties) {
      if (property.type !== 'Property') return true
      const name = propertyName(property)
      if (name === undefined || wanted.has(name.toLowerCase())) return true
    }
  }
  return false
}
