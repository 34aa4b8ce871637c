import type { Node } from '../syntax/nodes.ts'
import { FileCache, type CacheOwner } from './file-cache.ts'

interface CacheOptions<Context> {
  /** Counts what a context has read that may still change; a result that read such a thing is not kept. */
  readonly readsOf?: (context: Context) => number | undefined
  /** Results of a search that has come deeper than this are not kept, because it may have given up. */
  readonly keptToDepth?: number
}

/** Remembers the result of a computation for each node of a file. */
export function cachedByNode<Context extends CacheOwner, Item extends Node, Value>(
  compute: (context: Context, node: Item, depth: number) => Value,
  { readsOf, keptToDepth = 0 }: CacheOptions<Context> = {},
): (context: Context, node: Item, depth?: number) => Value {
  const cache = new FileCache<Context, Map<Node, Value>>()
  return (context, node, depth = 0) => {
    let results = cache.get(context)
    if (!results) {
      results = new Map()
      cache.set(context, results)
    }
    const known = results.get(node)
    if (known !== undefined || results.has(node)) return known as Value
    const before = readsOf?.(context)
    const value = compute(context, node, depth)
    if (depth <= keptToDepth && readsOf?.(context) === before) results.set(node, value)
    return value
  }
}
