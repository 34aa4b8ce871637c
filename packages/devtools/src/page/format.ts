const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

export const timeOf = (atMs: number): string => clock.format(atMs)

export const countOf = (count: number): string => whole.format(count)

export const durationOf = (ms: number): string => {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`
}

export const percentOf = (share: number): string => {
  const percent = 100 * share
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : percent.toFixed(0)} %`
}

/** How long ago, in steps that do not flicker. */
export const ageOf = (ms: number): string => {
  if (ms < 1_500) return 'just now'
  return `${ms < 60_000 ? `${Math.round(ms / 1_000)} s` : durationOf(ms)} ago`
}

export const plural = (count: number, one: string, many: string): string =>
  `${countOf(count)} ${count === 1 ? one : many}`
