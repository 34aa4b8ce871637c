import type { Clock } from '@holdfast/core'

const MOST_WRONG = 10
const WITHIN_MS = 60_000

const digestOf = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

/** Compares tokens in a time that does not tell how much of one was right, and stops listening to a guesser. */
export class TokenCheck {
  readonly #clock: Clock
  readonly #expected: Promise<Uint8Array>
  #wrong: number[] = []

  constructor(token: string, clock: Clock) {
    this.#clock = clock
    this.#expected = digestOf(token)
  }

  async check(given: string): Promise<'right' | 'wrong' | 'too-many'> {
    const nowMs = this.#clock.now()
    this.#wrong = this.#wrong.filter((atMs) => nowMs - atMs < WITHIN_MS)
    if (this.#wrong.length >= MOST_WRONG) return 'too-many'
    // Counted before the answer is known, so that guesses made at once are counted as well.
    this.#wrong.push(nowMs)
    const [expected, digest] = await Promise.all([this.#expected, digestOf(given)])
    let difference = 0
    for (const [index, byte] of expected.entries()) difference |= byte ^ (digest[index] ?? 0)
    if (difference !== 0) return 'wrong'
    this.#wrong.splice(this.#wrong.indexOf(nowMs), 1)
    return 'right'
  }
}
