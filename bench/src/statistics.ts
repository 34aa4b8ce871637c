/** The value in the middle; NaN without values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Linear interpolation between the two nearest values; NaN without values. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const below = sorted[Math.floor(at)] ?? NaN
  const above = sorted[Math.ceil(at)] ?? NaN
  return below + (above - below) * (at - Math.floor(at))
}

/** A median with how far the values lie around it. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Median, least and greatest of some values. */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
})

/** Half the range in percent of the median. */
export const spreadPercent = ({ median, min, max }: Spread): number => ((max - min) / 2 / median) * 100
