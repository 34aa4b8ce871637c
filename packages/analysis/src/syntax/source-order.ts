import type { Node } from './nodes.ts'

export function startOf(node: Node): number {
  return node.range?.[0] ?? node.start
}

export function endOf(node: Node): number {
  return node.range?.[1] ?? node.end
}

/** Sorts nodes by where they start, outer ones first; costs one pass when they are in order already. */
export function inSourceOrder<Item extends Node>(nodes: Item[]): Item[] {
  for (let index = 1; index < nodes.length; index += 1) {
    if (startOf(nodes[index] as Item) < startOf(nodes[index - 1] as Item))
      return nodes.sort((first, second) => startOf(first) - startOf(second) || endOf(second) - endOf(first))
  }
  return nodes
}

/** How many items of a list in source order start before an offset. */
export function firstFrom<Item>(ordered: readonly Item[], offset: number, start: (item: Item) => number): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (start(ordered[middle] as Item) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether a node of a list in source order lies inside the root, or is the root, and passes the test. */
export function someWithin<Item extends Node>(
  ordered: readonly Item[],
  root: Node,
  test: (node: Item) => boolean = () => true,
): boolean {
  const end = endOf(root)
  for (let index = firstFrom(ordered, startOf(root), startOf); index < ordered.length; index += 1) {
    const node = ordered[index] as Item
    if (startOf(node) >= end) return false
    if (endOf(node) <= end && test(node)) return true
  }
  return false
}

/** The nodes of a list in source order that lie inside the root, itself included. */
export function nodesWithin<Item extends Node>(ordered: readonly Item[], root: Node): Item[] {
  const found: Item[] = []
  someWithin(ordered, root, (node) => {
    found.push(node)
    return false
  })
  return found
}
