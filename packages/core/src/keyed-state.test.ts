import { describe, expect, it } from 'vitest'
import { KeyedState, type Cell, type KeyState } from './keyed-state.ts'

const busy: Cell = { busy: () => true }
const filled = (states: KeyedState, names: readonly string[], fromMs = 0): KeyState[] =>
  names.map((name, index) => states.get(name, fromMs + index))
const keysOf = (states: KeyedState): string[] => [...states.values()].map(({ key }) => key)

describe('KeyedState', () => {
  it('gives the same state for the same key, until it is cleared', () => {
    const states = new KeyedState({ maxKeys: 10, idleMs: 1_000 })
    const first = states.get('a', 0)
    expect(states.get('a', 5)).toBe(first)
    expect(first.lastUsedMs).toBe(5)
    states.get('b', 6)
    expect(states.get('a', 7)).toBe(first)
    expect(states.peek('a')).toBe(first)
    expect(states.peek('c')).toBeUndefined()
    states.clear()
    expect(states.size).toBe(0)
    expect(states.get('a', 8)).not.toBe(first)
  })

  it('holds its cap and drops the least recently used', () => {
    const states = new KeyedState({ maxKeys: 3, idleMs: 1_000_000 })
    filled(states, ['a', 'b', 'c'])
    states.get('a', 10)
    states.get('d', 11)
    expect(keysOf(states)).toEqual(['c', 'a', 'd'])
  })

  it('stays at its cap for 10,000 keys', () => {
    const states = new KeyedState({ maxKeys: 1_000, idleMs: 600_000 })
    for (let index = 0; index < 10_000; index += 1) states.get(`https://shop-${index}.example`, index)
    expect(states.size).toBe(1_000)
  })

  it('drops keys that were idle too long when a new one comes', () => {
    const states = new KeyedState({ maxKeys: 100, idleMs: 1_000 })
    filled(states, ['a', 'b'])
    states.get('c', 900)
    states.get('d', 1_500)
    expect(keysOf(states)).toEqual(['c', 'd'])
  })

  it('passes over keys with work in flight, idle or not', () => {
    const states = new KeyedState({ maxKeys: 3, idleMs: 1_000 })
    const [first] = filled(states, ['a', 'b', 'c'])
    first?.cells.push(undefined, {}, busy)
    states.get('d', 500)
    expect(keysOf(states)).toEqual(['a', 'c', 'd'])
    states.get('e', 5_000)
    expect(keysOf(states)).toEqual(['a', 'e'])
  })

  it('holds its cap even when every key is busy', () => {
    const states = new KeyedState({ maxKeys: 2, idleMs: 1_000 })
    for (const state of filled(states, ['a', 'b'])) state.cells.push(busy)
    states.get('c', 5)
    expect(keysOf(states)).toEqual(['b', 'c'])
  })

  it('looks at few keys only, so that a new key costs the same among 100,000', () => {
    const states = new KeyedState({ maxKeys: 100_000, idleMs: 1_000 })
    for (let index = 0; index < 100; index += 1) states.get(`key-${index}`, 0)
    states.get('late', 10_000)
    expect(states.size).toBe(100 - 8 + 1)
  })

  it('gives a key that left a fresh state, even if it was the latest', () => {
    const states = new KeyedState({ maxKeys: 1, idleMs: 1_000 })
    const first = states.get('a', 0)
    states.get('b', 1)
    expect(states.get('a', 2)).not.toBe(first)
    expect(states.size).toBe(1)
  })
})
