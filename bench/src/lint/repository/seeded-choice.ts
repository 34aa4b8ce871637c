/** Draws from lists by a linear congruential generator (Numerical Recipes), so that a seed always gives the same repository. */
export class SeededChoice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return from + Math.floor((this.#state / 2 ** 32) * (to - from + 1))
  }

  oneOf<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.between(0, values.length - 1)] ?? values[0]
  }

  /** True in `percent` of the draws. */
  chance(percent: number): boolean {
    return this.between(1, 100) <= percent
  }
}

export const NOUNS = [
  'order',
  'customer',
  'invoice',
  'shipment',
  'product',
  'payment',
  'refund',
  'review',
  'basket',
  'voucher',
  'warehouse',
  'supplier',
  'address',
  'message',
  'report',
] as const

export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
