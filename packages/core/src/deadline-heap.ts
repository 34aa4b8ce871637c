/** What a {@link DeadlineHeap} orders. */
export interface Expiring {
  readonly deadlineAtMs: number
  /** Its place in the heap, -1 outside; kept by the heap. */
  heapIndex: number
}

/** Waiting calls by deadline, the earliest on top; adding and removing are O(log n). */
export class DeadlineHeap<Item extends Expiring> {
  readonly #items: Item[] = []

  peek(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  remove(item: Item): void {
    const index = item.heapIndex
    if (index < 0) return
    item.heapIndex = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#rise(last, index)
    this.#sink(last, last.heapIndex)
  }

  #place(item: Item, index: number): void {
    this.#items[index] = item
    item.heapIndex = index
  }

  #rise(item: Item, from: number): void {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.#items[above]
      if (parent === undefined || parent.deadlineAtMs <= item.deadlineAtMs) break
      this.#place(parent, index)
      index = above
    }
    this.#place(item, index)
  }

  #sink(item: Item, from: number): void {
    let index = from
    for (;;) {
      let below = 2 * index + 1
      const [left, right] = [this.#items[below], this.#items[below + 1]]
      if (left === undefined) break
      const child = right !== undefined && right.deadlineAtMs < left.deadlineAtMs ? right : left
      if (child === right) below += 1
      if (child.deadlineAtMs >= item.deadlineAtMs) break
      this.#place(child, index)
      index = below
    }
    this.#place(item, index)
  }
}
