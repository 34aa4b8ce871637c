export const RANGES = ['short_term', 'medium_term', 'long_term'] as const
export const KINDS = ['tracks', 'artists'] as const

export type Range = (typeof RANGES)[number]
export type Kind = (typeof KINDS)[number]

/** One list that a month consists of. */
export type PartPlan =
  | { readonly name: string; readonly kind: Kind; readonly range: Range }
  | { readonly name: 'recently-played'; readonly kind: 'plays' }

export const RECENTLY_PLAYED: PartPlan = { name: 'recently-played', kind: 'plays' }

/** The seven lists of a month. */
export const PARTS: readonly PartPlan[] = [
  ...KINDS.flatMap((kind) => RANGES.map((range) => ({ name: `${kind}-${range}`, kind, range }))),
  RECENTLY_PLAYED,
]

/** The month of a time, `2026-11`, in UTC. */
export const monthOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 7)
