import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeadlineHeap } from './deadline-heap.ts'

class Item {
  readonly deadlineAtMs: number
  heapIndex = -1
  constructor(deadlineAtMs: number) {
    this.deadlineAtMs = deadlineAtMs
  }
}

test('the earliest deadline is on top, whatever is added and removed', () => {
  const step = fc.oneof(fc.record({ push: fc.integer({ min: 0, max: 50 }) }), fc.record({ remove: fc.nat() }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const heap = new DeadlineHeap<Item>()
      let model: Item[] = []
      for (const step of steps) {
        if ('push' in step) {
          const item = new Item(step.push)
          heap.push(item)
          model.push(item)
        } else {
          const item = model[step.remove % Math.max(1, model.length)]
          if (item === undefined) continue
          heap.remove(item)
          expect(item.heapIndex).toBe(-1)
          model = model.filter((other) => other !== item)
        }
        const earliestMs = model.length === 0 ? undefined : Math.min(...model.map((item) => item.deadlineAtMs))
        expect(heap.peek()?.deadlineAtMs).toBe(earliestMs)
      }
    }),
  )
})

test('items come off the top in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 60 }), (deadlines) => {
      const heap = new DeadlineHeap<Item>()
      for (const deadlineAtMs of deadlines) heap.push(new Item(deadlineAtMs))
      const order: number[] = []
      for (let item = heap.peek(); item !== undefined; item = heap.peek()) {
        order.push(item.deadlineAtMs)
        heap.remove(item)
      }
      expect(order).toEqual([...deadlines].sort((a, b) => a - b))
    }),
  )
})

test('removing what is not in the heap changes nothing', () => {
  const heap = new DeadlineHeap<Item>()
  const item = new Item(5)
  heap.push(item)
  heap.remove(new Item(1))
  heap.remove(item)
  heap.remove(item)
  expect(heap.peek()).toBeUndefined()
})
