import type { ClientValue } from '../clients/client-value.ts'
import { clientValueOf } from '../clients/client-values.ts'
import { FileCache } from '../model/file-cache.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { groupedBy } from '../model/grouped.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { argumentAt, type CallExpression, type Node } from '../syntax/nodes.ts'

/** A call such as `axiosRetry(api, options)` that makes an instance retry. */
export interface AttachedPlugin {
  readonly node: CallExpression
  readonly module: string
  readonly subject: ClientValue
  readonly options: Node | undefined
}

const PLUGIN_MODULES = new Set(['axios-retry', 'retry-axios', '@holdfast/axios-interceptor'])

const known = new FileCache<FileAnalysis, readonly AttachedPlugin[]>()

/** The retry plug-ins that this file puts on instances. */
export function attachedPlugins(analysis: FileAnalysis): readonly AttachedPlugin[] {
  let found = known.get(analysis)
  if (!found) {
    found = importedCalls(analysis.file).flatMap(({ node, origin }) => {
      if (!PLUGIN_MODULES.has(origin.module)) return []
      const name = origin.path.at(-1) ?? ''
      if (/^(detach|isNetwork|isRetryable|isSafe|isIdempotent|exponentialDelay|linearDelay|retryAfter)/.test(name))
        return []
      if (origin.module === '@holdfast/axios-interceptor' && name !== 'attach') return []
      const first = argumentAt(node.arguments, 0)
      const subject = first ? clientValueOf(analysis, first) : undefined
      return subject ? [{ node, module: origin.module, subject, options: argumentAt(node.arguments, 1) }] : []
    })
    known.set(analysis, found)
  }
  return found
}

const bySubject = new FileCache<FileAnalysis, ReadonlyMap<Node | string, AttachedPlugin[]>>()

/** By the creation of the instance, or by the client of one that was not made here. */
function pluginsBySubject(analysis: FileAnalysis): ReadonlyMap<Node | string, AttachedPlugin[]> {
  let found = bySubject.get(analysis)
  if (!found) {
    found = groupedBy<AttachedPlugin, Node | string>(
      attachedPlugins(analysis),
      ({ subject }) => subject.creation ?? subject.client,
    )
    bySubject.set(analysis, found)
  }
  return found
}

/** The plug-ins on the instance that a request goes through. */
export function pluginsOf(analysis: FileAnalysis, value: ClientValue): readonly AttachedPlugin[] {
  if (value.via === 'injected') return []
  return (pluginsBySubject(analysis).get(value.creation ?? value.client) ?? []).filter(
    ({ subject }) =>
      subject.client === value.client && subject.creation === value.creation && subject.via === value.via,
  )
}
