/**
 * A reproducible source of numbers in [0, 1): mulberry32 (Tommy Ettinger, 2017), 32 bits of state.
 * @param seed integer; only its lowest 32 bits count
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number in [0, 1) that depends on the seed and the text alone (FNV-1a, then mulberry32's mixer). */
export function chanceOf(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ (seed >>> 0)
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return seededRandom(hash)()
}
