import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Priority } from './call-overrides.ts'
import { PriorityQueue, QueueEntry } from './priority-queue.ts'

const PRIORITIES = ['critical', 'default', 'background'] as const

class Item extends QueueEntry {
  readonly id: number
  readonly priority: Priority
  constructor(id: number, priority: Priority, weight = 1) {
    super(priority, weight)
    this.id = id
    this.priority = priority
  }
}

const drain = (queue: PriorityQueue<Item>): number[] => {
  const ids: number[] = []
  for (let item = queue.peek(); item !== undefined; item = queue.peek()) {
    queue.remove(item)
    ids.push(item.id)
  }
  return ids
}

describe('PriorityQueue', () => {
  test('serves critical before default before background, each in order of arrival', () => {
    const queue = new PriorityQueue<Item>()
    for (const [id, priority] of (
      ['background', 'default', 'critical', 'default', 'critical', 'background'] as const
    ).entries()) {
      queue.push(new Item(id, priority))
    }
    expect(drain(queue)).toEqual([2, 4, 1, 3, 0, 5])
    expect(queue.size).toBe(0)
  })

  test('counts who and how much stands before a newcomer', () => {
    const queue = new PriorityQueue<Item>()
    queue.push(new Item(1, 'critical', 2))
    queue.push(new Item(2, 'default', 3))
    queue.push(new Item(3, 'background', 5))
    expect(PRIORITIES.map((priority) => queue.sizeAhead(priority))).toEqual([1, 2, 3])
    expect(PRIORITIES.map((priority) => queue.weightAhead(priority))).toEqual([2, 5, 10])
  })

  test('an entry leaves once; leaving again changes nothing', () => {
    const queue = new PriorityQueue<Item>()
    const item = new Item(1, 'default', 0.1)
    queue.push(item)
    expect(queue.remove(item)).toBe(true)
    expect(queue.remove(item)).toBe(false)
    expect(queue.size).toBe(0)
    expect(queue.weightAhead('background')).toBe(0)
  })

  test('behaves like three arrays whatever is pushed, taken and removed', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('push' as const),
        priority: fc.constantFrom(...PRIORITIES),
        weight: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({ kind: fc.constant('take' as const) }),
      fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new PriorityQueue<Item>()
        let model: Item[] = []
        const inOrder = (): Item[] =>
          PRIORITIES.flatMap((priority) => model.filter((item) => item.priority === priority))
        for (const [id, step] of steps.entries()) {
          if (step.kind === 'push') {
            const item = new Item(id, step.priority, step.weight)
            queue.push(item)
            model.push(item)
          } else {
            const chosen = step.kind === 'take' ? queue.peek() : model[step.at % Math.max(1, model.length)]
            if (step.kind === 'take') expect(chosen).toBe(inOrder()[0])
            if (chosen !== undefined) expect(queue.remove(chosen)).toBe(true)
            model = model.filter((item) => item !== chosen)
          }
          expect(queue.size).toBe(model.length)
          expect(queue.weightAhead('background')).toBe(model.reduce((sum, item) => sum + item.weight, 0))
        }
        const expected = inOrder().map((item) => item.id)
        expect(drain(queue)).toEqual(expected)
      }),
    )
  })
})
