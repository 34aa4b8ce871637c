import { expect, test } from 'vitest'
import { record } from '../src/record/record.ts'
import { shapeDifferences, shapeOf } from '../src/record/shape-of.ts'
import { startShop } from './shop-rig.ts'

test('a recording holds shapes and no value of the shop', async () => {
  const { app } = await startShop({ simulator: { orders: 1 } })
  const recordings = await record(app.client)
  expect(recordings.map((recording) => recording.status)).toEqual(Array.from({ length: 7 }, () => 200))
  expect(recordings[4]?.body).toMatchObject({ count: 'number', results: [{ receipt_id: 'number', name: 'string' }] })
  expect(recordings[0]?.headers).toContain('x-remaining-today')
  expect(JSON.stringify(recordings)).not.toMatch(/Buyer|HarbourStoneware|Oslo/)
})

test('fields that only one side has are named', () => {
  const there = shapeOf({ count: 1, results: [{ id: 1, name: 'x', note: null }] })
  const here = shapeOf({ count: '1', results: [{ id: 1, note: 'y', extra: true }] })
  expect(shapeDifferences(there, here)).toEqual([
    'count: number at Etsy, string here',
    'results[].name: only at Etsy',
    'results[].extra: only here',
  ])
})
