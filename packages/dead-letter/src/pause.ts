import type { Clock } from '@holdfast/core'

/** Waits on a clock; a signal cuts every wait short. */
export class Pause {
  readonly #clock: Clock
  readonly #signal: AbortSignal

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
  }

  async wait(delayMs: number): Promise<void> {
    if (delayMs <= 0 || this.#signal.aborted) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#clock.clearTimer(timer)
        this.#signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = this.#clock.setTimer(end, delayMs)
      this.#signal.addEventListener('abort', end, { once: true })
    })
  }
}
