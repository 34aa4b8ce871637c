import type { Cell } from './keyed-state.ts'

/** Sizes and prices of a retry budget, in tokens. */
export interface RetryBudgetOptions {
  /** Tokens the bucket holds; it starts full. Default 100. */
  readonly capacity: number
  /** Tokens of a retry; given back when that retry succeeds or is never sent. Default 10. */
  readonly cost: number
  /** Tokens of a retry that the server asked to slow down for (429, 503 with a wait). Default 5. */
  readonly throttledCost: number
  /** Tokens paid in by a call that succeeds at its first attempt. Default 1. */
  readonly deposit: number
  /** Tokens that come by time alone, per second. Default 1. */
  readonly dripPerSecond: number
}

/**
 * A refundable bucket of tokens that successes fill and retries drain.
 *
 * It is pure: time comes in as an argument, and the drip is computed when somebody looks.
 */
export class RetryBudget implements Cell {
  readonly terms: RetryBudgetOptions
  readonly #onTurn: (isExhausted: boolean, tokens: number) => void
  #tokens: number
  #updatedMs: number
  #isExhausted = false

  constructor(terms: RetryBudgetOptions, nowMs: number, onTurn: (isExhausted: boolean, tokens: number) => void) {
    this.terms = terms
    this.#onTurn = onTurn
    this.#tokens = terms.capacity
    this.#updatedMs = nowMs
  }

  tokens(nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#updatedMs)
    this.#updatedMs = Math.max(this.#updatedMs, nowMs)
    this.#tokens = Math.min(this.terms.capacity, this.#tokens + (elapsedMs / 1_000) * this.terms.dripPerSecond)
    return this.#tokens
  }

  /** Takes `cost` tokens, all or none. */
  take(cost: number, nowMs: number): boolean {
    const isEnough = this.tokens(nowMs) >= cost
    if (isEnough) this.#tokens -= cost
    if (isEnough === this.#isExhausted) {
      this.#isExhausted = !isEnough
      this.#onTurn(!isEnough, this.#tokens)
    }
    return isEnough
  }

  /** Gives tokens back, or pays some in for a success; never above the capacity. */
  give(tokens: number): void {
    this.#tokens = Math.min(this.terms.capacity, this.#tokens + tokens)
  }

  health(nowMs: number): { tokens: number; capacity: number } {
    return { tokens: this.tokens(nowMs), capacity: this.terms.capacity }
  }

  snapshot(nowMs: number): number {
    return this.tokens(nowMs)
  }

  restore(data: unknown, nowMs: number): void {
    if (typeof data !== 'number' || !Number.isFinite(data)) return
    this.#tokens = Math.min(this.terms.capacity, Math.max(0, data))
    this.#updatedMs = nowMs
  }

  reset(nowMs: number): void {
    this.#tokens = this.terms.capacity
    this.#updatedMs = nowMs
  }
}
