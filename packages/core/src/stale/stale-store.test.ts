import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memoryStaleStore, type StaleRecord } from './stale-store.ts'

const recordOf = (body: Uint8Array | string): StaleRecord => ({
  v: 1,
  kind: 'answer',
  answer: { status: 200, statusText: 'OK', headers: [['content-type', 'text/plain']], body },
  freshness: { initialAgeMs: 0, lifetimeMs: 0, staleMs: 1 },
  answeredAtMs: 0,
})

it('lets the least recently used leave when the bytes are used up', () => {
  const store = memoryStaleStore({ maxBytes: 4_000 })
  for (const key of ['a', 'b', 'c']) store.set(key, recordOf(new Uint8Array(700)), 1)
  expect([store.size, store.get('a') !== undefined]).toEqual([3, true])
  store.set('d', recordOf(new Uint8Array(700)), 1)
  expect(['a', 'b', 'c', 'd'].filter((key) => store.get(key) !== undefined)).toEqual(['a', 'c', 'd'])
})

it('does not keep what is larger than all of it, and drops the older answer all the same', () => {
  const store = memoryStaleStore({ maxBytes: 2_000 })
  store.set('a', recordOf('small'), 1)
  store.set('a', recordOf('x'.repeat(2_000)), 1)
  expect([store.size, store.bytes, store.get('a')]).toEqual([0, 0, undefined])
})

it('property: never above its bytes, and its count agrees with its records', () => {
  const act = fc.tuple(fc.constantFrom('set', 'get', 'delete'), fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(3_000))
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const store = memoryStaleStore({ maxBytes: 10_000 })
      for (const [kind, key, length] of acts) {
        if (kind === 'set') store.set(key, recordOf(new Uint8Array(length)), 1)
        else void store[kind as 'get'](key)
        expect(store.bytes).toBeLessThanOrEqual(10_000)
      }
      for (const key of ['a', 'b', 'c', 'd', 'e']) store.delete(key)
      expect([store.bytes, store.size]).toEqual([0, 0])
    }),
  )
})

it('names a bad option', () => {
  expect(() => memoryStaleStore({ maxBytes: 0 })).toThrow(
    'memoryStaleStore: option "maxBytes" must be an integer from 1',
  )
})
