/**
 * Where an error came from. `real`: the condition itself was brought about. `raised`: a real server was told to raise this
 * number and a real driver carried it, because the condition cannot be brought about here. `recorded`: built to a shape
 * that was recorded elsewhere or stands in the driver's source.
 */
export type Origin = 'real' | 'raised' | 'recorded'

/** That one signal of one row of a table was met and judged as the table says. */
export interface Proof {
  readonly row: string
  readonly signal: string
  readonly origin: Origin
}

/** A row of a table: what it says, and every signal that belongs to it. */
export interface TableRow {
  readonly row: string
  readonly signals: readonly string[]
}

/** The signals without any proof, and the proofs of rows that no table has. */
export const gaps = (rows: readonly TableRow[], proofs: readonly Proof[]): readonly string[] => {
  const wanted = new Set(rows.flatMap(({ row, signals }) => signals.map((signal) => `${row}: ${signal}`)))
  const proven = new Set(proofs.map(({ row, signal }) => `${row}: ${signal}`))
  return [
    ...[...wanted].filter((each) => !proven.has(each)).map((each) => `no proof of ${each}`),
    ...[...proven].filter((each) => !wanted.has(each)).map((each) => `no such row: ${each}`),
  ]
}

/** How many signals there are of each kind of origin; the best counts where there are several. */
export const tally = (proofs: readonly Proof[]): Readonly<Record<Origin, number>> => {
  const best = new Map<string, Origin>()
  for (const origin of ['recorded', 'raised', 'real'] as const) {
    for (const proof of proofs) if (proof.origin === origin) best.set(`${proof.row}: ${proof.signal}`, origin)
  }
  const count = (origin: Origin): number => [...best.values()].filter((each) => each === origin).length
  return { real: count('real'), raised: count('raised'), recorded: count('recorded') }
}
