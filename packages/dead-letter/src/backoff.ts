/** Delay between two replays of a letter. */
export interface ReplayBackoff {
  readonly baseMs: number
  readonly maxMs: number
}

/**
 * A delay drawn evenly from 0 to `min(maxMs, baseMs * 2 ** (replays - 1))`.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const fullJitterMs = ({ baseMs, maxMs }: ReplayBackoff, replays: number, random: () => number): number =>
  random() * Math.min(maxMs, baseMs * 2 ** Math.min(replays - 1, 50))
