import { describe, expect, test } from 'vitest'
import { memoryStore, type StateStore } from '@holdfast/core/shared'
import { createTestClock } from '@holdfast/core/testing'
import { sqliteStore } from '../src/sqlite/index.ts'
import { testStore, type TestTime } from './conformance.ts'

describe('memory', () => {
  testStore((time?: TestTime) => {
    const clock = createTestClock()
    return memoryStore(time === undefined ? clock : { ...clock, now: () => time.nowUs / 1_000 })
  }, 300)

  test('tells whoever watches', async () => {
    const store = memoryStore()
    const heard: unknown[] = []
    const stop = store.watch?.('a/', (...change) => heard.push(change))
    await store.put('a/1', 'x', { ttlMs: 1_000 })
    await store.put('b/1', 'x', { ttlMs: 1_000 })
    await store.put('a/1', '', { ttlMs: 0 })
    stop?.()
    await store.put('a/2', 'x', { ttlMs: 1_000 })
    expect(heard).toEqual([
      ['a/1', 'x'],
      ['a/1', null],
    ])
  })
})

describe('sqlite', () => {
  testStore((time?: TestTime): StateStore => {
    return sqliteStore({ file: ':memory:', ...(time === undefined ? {} : { nowUs: () => time.nowUs }) })
  }, 60)
})
