import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { configValue } from '../clients/config-values.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import { dottedName, isFunction, memberName, nameOf, stringValue, unwrap, type Node } from '../syntax/nodes.ts'

/** Options that every rule about calls shares. */
export interface CallOptions {
  readonly ignoreUrls: readonly string[]
  readonly sameOrigin: 'ignore' | 'check'
  readonly browserExternal: 'report' | 'ignore'
  readonly reportUnknown: boolean
}

/** A probe of whether something answers: not answering is what it is there to find out. */
const HEALTH_CHECK = /\/(health|healthz|health-?check|livez|readyz|liveness|readiness)(?=[/?'"`]|$)/i

/** Whether a request leaves for somebody else's server, as far as rules care. */
export function isReportable(analysis: FileAnalysis, call: HttpCall, options: CallOptions): boolean {
  const { urlClass } = call
  if (urlClass === 'loopback' || urlClass === 'local-data' || isInsideFetch(call.node)) return false
  if (urlClass === 'same-origin' && options.sameOrigin === 'ignore') return false
  if (analysis.kind.environment === 'browser' && !isInServerFunction(call.node)) {
    if (urlClass === 'unknown') return false
    if (urlClass === 'external' && options.browserExternal === 'ignore') return false
  }
  if (call.url && HEALTH_CHECK.test(textOf(analysis.file, call.url))) return false
  const literal = stringValue(call.url)
  return literal === undefined || !options.ignoreUrls.some((prefix) => literal.startsWith(prefix))
}

const SERVER_FUNCTION = /^(loader|action|getServerSideProps|getStaticProps)$/

/** What Remix and Next run on the server, though the file holds the component too. */
function isInServerFunction(node: Node): boolean {
  for (let current = node.parent; current; current = current.parent)
    if (isFunction(current) && SERVER_FUNCTION.test(nameOf(current) ?? '')) return true
  return false
}

/** `globalThis.fetch = (...) => original(...)`: whoever calls `fetch` decides, not the code put around it. */
function isInsideFetch(node: Node): boolean {
  for (let current = node.parent; current; current = current.parent) {
    const write = isFunction(current) ? current.parent : undefined
    if (write?.type !== 'AssignmentExpression' || write.right !== current) continue
    if (/^(global|globalThis|window|self)\.fetch$/.test(dottedName(write.left) ?? '')) return true
  }
  return false
}

/** The answer is read piece by piece: a download, a log, server-sent events. */
export function isStream(file: SourceFile, call: HttpCall): boolean {
  const method = call.node.callee
  if (memberName(unwrap(method)) === 'stream') return true
  for (const key of ['responseType', 'isStream', 'eventStream']) {
    const given = configValue(file, call.config, key)
    if (given.found !== 'value') continue
    const value = definitionOf(file, given.value)
    if (value.type === 'Literal' && (value.value === 'stream' || value.value === true)) return true
  }
  const headers = configValue(file, call.config, 'headers')
  if (headers.found !== 'value' || definitionOf(file, headers.value).type !== 'ObjectExpression') return false
  return ['accept', 'Accept'].some((name) => {
    const accepted = configValue(file, headers.value, name)
    return (
      accepted.found === 'value' && stringValue(definitionOf(file, accepted.value))?.startsWith('text/event-stream')
    )
  })
}

const DISPLAY: Readonly<Record<string, string>> = { 'node:http': 'node:http', HttpService: 'HttpService' }

export function clientLabel(call: HttpCall): string {
  return DISPLAY[call.value.client] ?? call.value.client
}

export function hostLabel(call: HttpCall): string {
  const plain = call.url ? unwrap(call.url) : undefined
  const literal = plain?.type === 'TemplateLiteral' ? plain.quasis[0]?.value.cooked : stringValue(plain)
  const host = typeof literal !== 'string' ? undefined : /^[a-z]+:\/\/([^/:?#@]+)/i.exec(literal)?.[1]
  return host ?? 'this host'
}
