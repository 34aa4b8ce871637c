import type { Policy } from '@holdfast/core'
import type { TrafficSecond } from './frame.ts'

const SECONDS = 60

type Counted = { -readonly [Name in keyof TrafficSecond]: TrafficSecond[Name] }

/** Calls by second and policy over the last minute, while somebody looks. */
export class Traffic {
  readonly #now: () => number
  readonly #policies = new Map<string, Counted[]>()
  #sentSecond = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Begins to count a policy; returns the function that stops it. */
  watch(policy: Policy): () => void {
    const { name } = policy
    const stops = [
      policy.on('call-ended', ({ outcome }) => {
        this.#current(name)[outcome] += 1
      }),
      policy.on('retry-scheduled', () => {
        this.#current(name).retries += 1
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  get all(): readonly TrafficSecond[] {
    const oldest = Math.floor(this.#now() / 1_000) - SECONDS
    return [...this.#policies.values()].flat().filter(({ second }) => second >= oldest)
  }

  /** Seconds that may have changed since the last time. */
  takeNew(): readonly TrafficSecond[] {
    const from = this.#sentSecond
    this.#sentSecond = Math.floor(this.#now() / 1_000)
    return this.all.filter(({ second }) => second >= from)
  }

  clear(): void {
    this.#policies.clear()
  }

  #current(policy: string): Counted {
    const second = Math.floor(this.#now() / 1_000)
    let seconds = this.#policies.get(policy)
    if (seconds === undefined) this.#policies.set(policy, (seconds = []))
    let current = seconds.at(-1)
    if (current?.second !== second) {
      current = { policy, second, success: 0, failure: 0, rejection: 0, aborted: 0, retries: 0 }
      seconds.push(current)
      if (seconds.length > SECONDS) seconds.shift()
    }
    return current
  }
}
