import { expect, test } from 'vitest'
import {
  chanceOf,
  createFaultServer,
  drip,
  type FaultServerOptions,
  halfBody,
  json,
  reset,
  respond,
  seededRandom,
  wrongLength,
} from '../src/index.ts'

test.each([
  [{}, 'give exactly one of handler, script and routes, got 0'],
  [{ script: [], routes: {} }, 'give exactly one of handler, script and routes, got 2'],
  [{ script: [] }, 'script must hold at least one answer'],
  [{ scrip: [] }, 'unknown option "scrip"; known: handler, script'],
  [{ routes: { '/no-method': json({}) } }, 'key "/no-method" must read "METHOD /path"'],
  [{ script: [json({})], port: 70_000 }, 'port must be an integer from 0 to 65535, got 70000'],
  [{ script: [json({})], seed: 1.5 }, 'seed must be an integer'],
  [{ script: [json({})], keepAliveTimeoutMs: -1 }, 'keepAliveTimeoutMs must be a number of at least 0, got -1'],
  [{ script: [json({})], journal: { header: [] } }, 'unknown option "header"; known: headers'],
])('createFaultServer(%j) is refused', async (options, message) => {
  await expect(createFaultServer(options as FaultServerOptions)).rejects.toThrow(message)
})

test('fault builders refuse values that would do something else than they say', () => {
  expect(() => respond(99)).toThrow('status must be an integer from 200 to 599, got 99')
  expect(() => reset('later' as 'after-reading')).toThrow('at must be one of before-reading, after-reading')
  expect(() => halfBody(json({}), { keep: 1.2 })).toThrow('keep must be a number from 0 to 1, got 1.2')
  expect(() => drip(json({}), { chunkBytes: 0, everyMs: 1 })).toThrow('chunkBytes must be an integer at least 1, got 0')
  expect(() => wrongLength(json({}), -3)).toThrow('differenceBytes must be an integer at least -2')
})

test('seeded chances are reproducible, in range and evenly spread', () => {
  const random = seededRandom(42)
  const again = seededRandom(42)
  const draws = Array.from({ length: 10_000 }, random)
  expect(draws.slice(0, 5)).toEqual(Array.from({ length: 5 }, again))
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...draws)).toBeLessThan(1)
  const deciles = Array.from(
    { length: 10 },
    (_, decile) => draws.filter((draw) => Math.floor(draw * 10) === decile).length,
  )
  for (const count of deciles) expect(Math.abs(count - 1_000)).toBeLessThan(120)
})

test('chanceOf depends on seed and text alone and spreads neighbouring names', () => {
  expect(chanceOf(1, 'order-1')).toBe(chanceOf(1, 'order-1'))
  expect(chanceOf(1, 'order-1')).not.toBe(chanceOf(2, 'order-1'))
  const low = Array.from({ length: 2_000 }, (_, index) => chanceOf(3, `order-${index}`)).filter(
    (chance) => chance < 0.2,
  )
  expect(Math.abs(low.length - 400)).toBeLessThan(80)
})
