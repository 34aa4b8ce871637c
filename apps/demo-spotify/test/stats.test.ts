import { expect, test } from 'vitest'
import { exportCsv } from '../src/app/export.ts'
import { bumpChart, storiesOf } from '../src/stats/index.ts'
import { openStore, type RankedItem, type StoredItem } from '../src/store/index.ts'

const item = (id: string): StoredItem => ({
  id,
  kind: 'track',
  uri: `spotify:track:${id}`,
  name: id.toUpperCase(),
  artists: 'X',
  imageUrl: undefined,
})

const months = (lists: Readonly<Record<string, string>>): RankedItem[] =>
  Object.entries(lists).flatMap(([month, ids]) =>
    ids.split('').map((id, index) => ({ ...item(id), month, part: 'tracks-short_term', rank: index + 1 })),
  )

const RANKS = months({ '2026-01': 'abc', '2026-02': 'abd', '2026-03': 'ad', '2026-05': 'cae' })

test('new, back again, streaks, one-month wonders and overlap come from the snapshots alone', () => {
  const may = storiesOf(RANKS, '2026-05')
  expect(may.newEntries.map(({ id }) => id)).toEqual(['e'])
  expect(may.comebacks.map(({ id, detail }) => [id, detail])).toEqual([['c', 'back after 2 months, last in 2026-01']])
  expect(may.streaks.map(({ id, detail }) => [id, detail])).toEqual([['a', '4 months on end']])
  expect(may.overlapRatio).toBeCloseTo(1 / 3)
  const february = storiesOf(months({ '2026-01': 'a', '2026-02': 'ab', '2026-03': 'a' }), '2026-02')
  expect(february.oneMonthWonders.map(({ id }) => id)).toEqual(['b'])
  expect(storiesOf(RANKS, '2026-01').overlapRatio).toBeUndefined()
})

test('the bump chart has a gap where a song was not in the list', () => {
  const { months: shown, lines } = bumpChart(RANKS, '2026-05', 3)
  expect(shown).toEqual(['2026-02', '2026-03', '2026-05'])
  expect(Object.fromEntries(lines.map(({ id, ranks }) => [id, ranks]))).toEqual({
    a: [1, 1, 2],
    b: [2, null, null],
    c: [null, null, 1],
    d: [3, 2, null],
    e: [null, null, 3],
  })
})

test('a name that a spreadsheet would run stays text in the CSV', () => {
  const store = openStore(':memory:')
  const part = {
    month: '2026-01',
    part: 'tracks-short_term',
    status: 'complete' as const,
    reasons: [],
    flags: [],
    takenAtMs: 0,
    runId: 'r',
  }
  store.snapshots.savePart(part, [{ ...item('a'), name: '=HYPERLINK("x")', artists: 'One, Two' }])
  expect(exportCsv(store)).toBe(
    `month,list,rank,id,name,artists,uri\r\n2026-01,tracks-short_term,1,a,"'=HYPERLINK(""x"")","One, Two",spotify:track:a\r\n`,
  )
  store.close()
})
