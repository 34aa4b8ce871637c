import type { RankedItem } from '../store/index.ts'

export interface BumpLine {
  readonly id: string
  readonly name: string
  readonly artists: string
  /** Rank in each of the months; null where it was not in the list. */
  readonly ranks: readonly (number | null)[]
}

export interface BumpChart {
  readonly months: readonly string[]
  readonly lines: readonly BumpLine[]
}

/** The courses of the best of the last months up to one of them, as a bump chart shows them. */
export const bumpChart = (ranks: readonly RankedItem[], month: string, span = 12, height = 10): BumpChart => {
  const months = [...new Set(ranks.map((item) => item.month))]
    .filter((item) => item <= month)
    .toSorted()
    .slice(-span)
  const window = new Set(months)
  const lines = new Map<string, { item: RankedItem; ranks: (number | null)[] }>()
  for (const item of ranks) {
    if (!window.has(item.month) || item.rank > height) continue
    const line = lines.get(item.id) ?? { item, ranks: months.map(() => null) }
    line.ranks[months.indexOf(item.month)] = item.rank
    lines.set(item.id, line)
  }
  return {
    months,
    lines: [...lines.values()].map(({ item, ranks: course }) => ({
      id: item.id,
      name: item.name,
      artists: item.artists,
      ranks: course,
    })),
  }
}
