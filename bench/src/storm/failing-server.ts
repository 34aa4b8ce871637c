import type { Clock, Random } from '@holdfast/core'
import { exponentialMs } from './fifo-server.ts'

/** The answer 503, in the shape HTTP clients throw it in. */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure'
  readonly response = { status: 503, headers: {} }
}

const MEAN_LATENCY_MS = 10

/** Never overloaded: it answers after 10 ms in the mean, and each answer fails independently of all others. */
export class FailingServer {
  readonly #clock: Clock
  readonly #random: Random
  readonly #failureShareAt: (nowMs: number) => number

  constructor(clock: Clock, random: Random, failureShareAt: (nowMs: number) => number) {
    this.#clock = clock
    this.#random = random
    this.#failureShareAt = failureShareAt
  }

  /** Resolves or rejects with a {@link ServerFailure}. */
  handle(): Promise<void> {
    const isFailure = this.#random() < this.#failureShareAt(this.#clock.now())
    return new Promise((resolve, reject) => {
      this.#clock.setTimer(
        () => {
          if (isFailure) reject(new ServerFailure('503'))
          else resolve()
        },
        exponentialMs(MEAN_LATENCY_MS, this.#random),
      )
    })
  }
}
