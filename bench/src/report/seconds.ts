import type { Spread } from '../statistics.ts'

/** A spread of milliseconds as seconds: the median and, in brackets, least and greatest. */
export const seconds = ({ median, min, max }: Spread): string =>
  `${(median / 1_000).toFixed(2)} (${(min / 1_000).toFixed(2)} to ${(max / 1_000).toFixed(2)})`
