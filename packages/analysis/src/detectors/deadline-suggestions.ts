import type { ClientValue } from '../clients/client-value.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import type { Suggestion } from '../model/analysis.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import { propertyName, rangeOf, unwrap, type CallExpression, type NewExpression, type Node } from '../syntax/nodes.ts'

const SIGNAL_CLIENTS = new Set(['fetch', 'undici', 'node-fetch', 'axios', 'ky', 'ofetch'])
const TIMEOUT_CLIENTS = new Set(['axios', 'ky', 'ofetch', 'HttpService'])

function suggestion(text: string, range: readonly [number, number], replacement: string): readonly Suggestion[] {
  return [{ messageId: 'addDeadline', data: { text }, edits: [{ range, text: replacement }] }]
}

/** Puts a key first into an object literal. */
function insertInto(object: Node & { type: 'ObjectExpression' }, text: string): readonly Suggestion[] {
  const at = rangeOf(object)[0] + 1
  return suggestion(text, [at, at], object.properties.length > 0 ? ` ${text},` : ` ${text} `)
}

/** A deadline where this client takes it, beside what the call has already; a signal of another origin is kept. */
export function suggestDeadline(file: SourceFile, call: HttpCall, suggestedMs: number): readonly Suggestion[] {
  const { client } = call.value
  if (!SIGNAL_CLIENTS.has(client) || call.opaque) return []
  const timer = `AbortSignal.timeout(${suggestedMs})`
  const text = TIMEOUT_CLIENTS.has(client) ? `timeout: ${suggestedMs}` : `signal: ${timer}`
  const config = call.config ? unwrap(call.config) : undefined
  if (config?.type === 'ObjectExpression') {
    const given = config.properties.find(
      (property) => property.type === 'Property' && propertyName(property) === 'signal',
    )
    if (given?.type !== 'Property' || TIMEOUT_CLIENTS.has(client)) return insertInto(config, text)
    const merged = `signal: AbortSignal.any([${textOf(file, given.value)}, ${timer}])`
    return suggestion(merged, rangeOf(given), merged)
  }
  if (config || !call.url) return []
  const { arguments: given } = call.node
  const last = given.at(-1)
  const takesBody = client === 'axios' && call.methods.some((method) => /^(POST|PUT|PATCH)$/.test(method))
  const before = takesBody ? 2 : 1
  if (!last || given.length > before) return []
  const end = rangeOf(last)[1]
  const missing = ', undefined'.repeat(before - given.length)
  return suggestion(text, [end, end], `${missing}, { ${text} }`)
}

/** The same where an instance is made. */
export function suggestForCreation(
  value: ClientValue,
  creation: CallExpression | NewExpression,
  suggestedMs: number,
): readonly Suggestion[] {
  const isGot = value.client === 'got'
  if (!TIMEOUT_CLIENTS.has(value.client) && !isGot) return []
  const text = isGot ? `timeout: { request: ${suggestedMs} }` : `timeout: ${suggestedMs}`
  const first = creation.arguments[0]
  const config = first && first.type !== 'SpreadElement' ? unwrap(first) : undefined
  if (config) return config.type === 'ObjectExpression' ? insertInto(config, text) : []
  const at = rangeOf(creation)[1] - 1
  return creation.arguments.length === 0 ? suggestion(text, [at, at], `{ ${text} }`) : []
}
