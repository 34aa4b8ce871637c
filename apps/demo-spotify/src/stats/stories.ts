import type { RankedItem } from '../store/index.ts'

/** What one item did over the months. */
interface Course {
  readonly item: RankedItem
  readonly months: readonly string[]
}

export interface Story {
  readonly id: string
  readonly name: string
  readonly artists: string
  readonly imageUrl: string | undefined
  readonly detail: string
}

export interface Stories {
  readonly month: string
  readonly newEntries: readonly Story[]
  readonly comebacks: readonly Story[]
  readonly streaks: readonly Story[]
  readonly oneMonthWonders: readonly Story[]
  /** Share of this month's list that was in the one before, 0 to 1; undefined without one before. */
  readonly overlapRatio: number | undefined
}

const MOST_SHOWN = 6

const storyOf = ({ item }: Course, detail: string): Story => ({
  id: item.id,
  name: item.name,
  artists: item.artists,
  imageUrl: item.imageUrl,
  detail,
})

const coursesOf = (ranks: readonly RankedItem[]): readonly Course[] => {
  const courses = new Map<string, { item: RankedItem; months: string[] }>()
  for (const item of ranks) {
    const course = courses.get(item.id)
    if (course === undefined) courses.set(item.id, { item, months: [item.month] })
    else course.months.push(item.month)
  }
  return [...courses.values()]
}

/** How many months on end up to this one. */
const streakOf = (course: Course, months: readonly string[], at: number): number => {
  const held = new Set(course.months)
  let length = 0
  while (at - length >= 0 && held.has(months[at - length] ?? '')) length += 1
  return length
}

/** How much of the later list was in the earlier one, 0 to 1. */
export const overlapOf = (earlier: readonly RankedItem[], later: readonly RankedItem[]): number | undefined => {
  if (earlier.length === 0 || later.length === 0) return undefined
  const held = new Set(earlier.map(({ id }) => id))
  return later.filter(({ id }) => held.has(id)).length / later.length
}

/** The stories of one month out of the snapshots alone; months without a list are passed over. */
export const storiesOf = (ranks: readonly RankedItem[], month: string): Stories => {
  const months = [...new Set(ranks.map((item) => item.month))].toSorted()
  const at = months.indexOf(month)
  const before = months[at - 1]
  const courses = coursesOf(ranks).filter((course) => course.months.includes(month))
  const previous = new Set(ranks.filter((item) => item.month === before).map(({ id }) => id))
  const fresh = at <= 0 ? [] : courses.filter((course) => course.months[0] === month)
  const comebacks = courses.flatMap((course) => {
    const index = course.months.indexOf(month)
    const last = course.months[index - 1]
    if (last === undefined || previous.has(course.item.id)) return []
    return [{ course, gap: at - months.indexOf(last) - 1, last }]
  })
  const streaks = courses.map((course) => ({ course, length: streakOf(course, months, at) }))
  const lists = (item: string): RankedItem[] => ranks.filter((ranked) => ranked.month === item)
  return {
    month,
    newEntries: fresh.slice(0, MOST_SHOWN).map((course) => storyOf(course, 'for the first time')),
    comebacks: comebacks
      .toSorted((left, right) => right.gap - left.gap)
      .slice(0, MOST_SHOWN)
      .map(({ course, gap, last }) =>
        storyOf(course, `back after ${gap} ${gap === 1 ? 'month' : 'months'}, last in ${last}`),
      ),
    streaks: streaks
      .filter(({ length }) => length > 1)
      .toSorted((left, right) => right.length - left.length)
      .slice(0, MOST_SHOWN)
      .map(({ course, length }) => storyOf(course, `${length} months on end`)),
    oneMonthWonders: courses
      .filter((course) => course.months.length === 1 && at < months.length - 1)
      .slice(0, MOST_SHOWN)
      .map((course) => storyOf(course, `only in ${month}`)),
    overlapRatio: before === undefined ? undefined : overlapOf(lists(before), lists(month)),
  }
}
