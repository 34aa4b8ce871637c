import { FileCache } from '../model/file-cache.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import type { Node } from '../syntax/nodes.ts'
import { retryLoops } from './retry-loops.ts'
import { retryingSelfCalls } from './self-calls.ts'
import type { Repetition } from './repetition.ts'

const known = new FileCache<FileAnalysis, readonly Repetition[]>()

/** The retry loops and retrying self-calls of a file, found once. */
export function repetitionsOf(analysis: FileAnalysis): readonly Repetition[] {
  let found = known.get(analysis)
  if (!found) {
    found = [...retryLoops(analysis), ...retryingSelfCalls(analysis)]
    known.set(analysis, found)
  }
  return found
}

const attempts = new FileCache<FileAnalysis, ReadonlyMap<Node, Repetition>>()

/** The innermost repetition whose attempt a node is part of. */
export function repetitionAround(analysis: FileAnalysis, node: Node): Repetition | undefined {
  let index = attempts.get(analysis)
  if (!index) {
    index = new Map(repetitionsOf(analysis).map((one) => [one.attempt, one]))
    attempts.set(analysis, index)
  }
  if (index.size === 0) return undefined
  for (let current: Node | null | undefined = node; current; current = current.parent) {
    const found = index.get(current)
    if (found) return found
  }
  return undefined
}
