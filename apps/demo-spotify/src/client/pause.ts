import { QuotaExceededError, RateLimitedError, type ServiceError } from '@holdfast/core/service-errors'

/** A time before which Spotify does not want to hear from us. */
export interface Pause {
  readonly untilMs: number
  /** `quota`: the account's, shared by all applications of the developer; `rate-limit`: this application's. */
  readonly reason: 'quota' | 'rate-limit'
}

/** Where a pause outlives the process. */
export interface PauseStore {
  read(): Pause | undefined
  write(pause: Pause): void
}

/** Forgets with the process; for tests and for a first try. */
export const memoryPauseStore = (): PauseStore => {
  let held: Pause | undefined
  return {
    read: () => held,
    write(pause) {
      held = pause
    },
  }
}

/** The error of a call that was not made because of a pause, or of the one whose answer began it. */
export const pauseError = (
  { untilMs, reason }: Pause,
  nowMs: number,
  operation: string,
  cause?: ServiceError,
): ServiceError => {
  const Kind = reason === 'quota' ? QuotaExceededError : RateLimitedError
  return new Kind({
    upstream: 'spotify',
    operation,
    retryAfterMs: untilMs - nowMs,
    ...(cause === undefined ? {} : { status: cause.status, cause }),
    details: { pauseUntil: new Date(untilMs).toISOString() },
  })
}
