import { expect, test } from 'vitest'
import { monthOf, takeSnapshot } from '../src/snapshot/index.ts'
import { checkDatabase } from '../src/store/index.ts'
import { stage } from './stage.ts'

test('takes seven lists once: a second run asks for nothing', async () => {
  const { machine, simulator } = await stage()
  const report = await takeSnapshot(machine)
  expect(report.outcome).toBe('complete')
  expect(report.parts.map(({ part, status }) => `${part} ${status}`)).toEqual([
    'artists-long_term complete',
    'artists-medium_term complete',
    'artists-short_term complete',
    'recently-played complete',
    'tracks-long_term complete',
    'tracks-medium_term complete',
    'tracks-short_term complete',
  ])
  expect(machine.store.snapshots.ranks('tracks-short_term', monthOf(Date.now()))).toHaveLength(50)
  const before = simulator.journal.length
  const again = await takeSnapshot(machine)
  expect(again).toMatchObject({ outcome: 'complete', asked: [] })
  expect(simulator.journal).toHaveLength(before)
  checkDatabase(machine.store.database)
})

test('two runs at once leave one snapshot, with one refresh between them', async () => {
  const { machine, simulator, another } = await stage()
  simulator.accounts.expireAccessTokens()
  const [first, second] = await Promise.all([takeSnapshot(machine), takeSnapshot(another())])
  expect([first.outcome, second.outcome]).toEqual(['complete', 'complete'])
  expect(first.asked.length + second.asked.length).toBe(7)
  expect(simulator.count(/api\/token/)).toBe(1)
})
