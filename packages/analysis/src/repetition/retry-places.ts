import { FileCache } from '../model/file-cache.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import type { Node } from '../syntax/nodes.ts'
import { repetitionsOf } from './repetitions.ts'

const RETRY_CALL = /^(again|tryAgain|retry(Request|Call|Fetch|Operation)?)$/

const known = new FileCache<FileAnalysis, ReadonlySet<Node>>()

/** Where code of the file starts the same again: self-calls, turns of retry loops, calls named after it. */
export function retryPlaces(analysis: FileAnalysis): ReadonlySet<Node> {
  const cached = known.get(analysis)
  if (cached) return cached
  const places = new Set<Node>()
  for (const { form, node, reaction, repeats } of repetitionsOf(analysis)) {
    if (form === 'self-call') places.add(node)
    else if (reaction !== repeats && reaction.parent?.type === 'IfStatement') {
      const last = reaction.type === 'BlockStatement' ? reaction.body.at(-1) : reaction
      if (last?.type === 'ContinueStatement') places.add(last)
    }
  }
  for (const call of analysis.file.calls) {
    if (call.callee.type === 'Identifier' && RETRY_CALL.test(call.callee.name)) places.add(call)
  }
  known.set(analysis, places)
  return places
}
