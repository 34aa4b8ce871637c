import { configValue } from '../clients/config-values.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { unwrap, type CallExpression, type Node } from '../syntax/nodes.ts'
import type { RetryLayer } from './client-attempts.ts'
import { literalMs } from './delay-growth.ts'

interface Library {
  readonly module: RegExp
  readonly option: string
  readonly countsRetries: boolean
  /** Attempts in all by default. */
  readonly standard: number
}

/** Client libraries of providers that retry by themselves, with the option that says how often. */
const LIBRARIES: readonly Library[] = [
  { module: /^(openai|@anthropic-ai\/sdk|groq-sdk)$/, option: 'maxRetries', countsRetries: true, standard: 3 },
  { module: /^@aws-sdk\/client-/, option: 'maxAttempts', countsRetries: false, standard: 3 },
  { module: /^stripe$/, option: 'maxNetworkRetries', countsRetries: true, standard: 1 },
]

/** The retry that a provider's library brings to a call such as `openai.chat.completions.create()`. */
export function libraryRetry(analysis: FileAnalysis, call: CallExpression): RetryLayer | undefined {
  let root: Node = unwrap(call.callee)
  while (root.type === 'MemberExpression') {
    const inner = unwrap(root.object)
    if (inner.type === 'ThisExpression') break
    root = inner
  }
  if (root === unwrap(call.callee)) return undefined
  const made = definitionOf(analysis.file, root)
  if (made.type !== 'NewExpression') return undefined
  const origin = originOf(analysis.file, made.callee)
  if (origin?.from !== 'module') return undefined
  const library = LIBRARIES.find(({ module }) => module.test(origin.module))
  if (!library) return undefined
  for (const argument of made.arguments) {
    if (argument.type === 'SpreadElement') return undefined
    const given = configValue(analysis.file, argument, library.option)
    if (given.found === 'unknown') return undefined
    if (given.found !== 'value') continue
    const count = literalMs(analysis.file, given.value)
    if (count === undefined) return { label: origin.module }
    const attempts = library.countsRetries ? count + 1 : count
    return attempts > 1 ? { label: origin.module, attempts } : undefined
  }
  return library.standard > 1 ? { label: origin.module, attempts: library.standard } : undefined
}

/** Whether a file uses one of these libraries at all. */
export function usesClientLibrary(analysis: FileAnalysis): boolean {
  return /openai|@anthropic-ai\/sdk|groq-sdk|@aws-sdk\/client-|stripe/.test(analysis.file.text)
}
