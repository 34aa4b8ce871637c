import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { stringValue, unwrap } from '../syntax/nodes.ts'

/** Options that every rule about calls shares. */
export interface CallOptions {
  readonly ignoreUrls: readonly string[]
  readonly sameOrigin: 'ignore' | 'check'
  readonly browserExternal: 'report' | 'ignore'
  readonly reportUnknown: boolean
}

/** Whether a request leaves for somebody else's server, as far as rules care. */
export function isReportable(analysis: FileAnalysis, call: HttpCall, options: CallOptions): boolean {
  const { urlClass } = call
  if (urlClass === 'loopback' || urlClass === 'local-data') return false
  if (urlClass === 'same-origin' && options.sameOrigin === 'ignore') return false
  if (analysis.kind.environment === 'browser') {
    if (urlClass === 'unknown') return false
    if (urlClass === 'external' && options.browserExternal === 'ignore') return false
  }
  const literal = stringValue(call.url)
  return literal === undefined || !options.ignoreUrls.some((prefix) => literal.startsWith(prefix))
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
