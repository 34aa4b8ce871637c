import path from 'node:path'
import { expect, test } from 'vitest'
import { caseIndex, casesNamedIn } from './case-index.ts'

const LAST = 103
// Hedging is not built yet.
const NOT_YET = new Set([95])

test('every case of the integrations is named by a test', () => {
  const index = caseIndex(path.resolve(import.meta.dirname, '../..'))
  const missing = Array.from({ length: LAST }, (_, at) => at + 1).filter(
    (each) => !NOT_YET.has(each) && !index.has(each),
  )
  expect(missing, 'cases no test names').toEqual([])
  expect([...index.keys()].filter((each) => each < 1 || each > LAST)).toEqual([])
})

test('the index reads single cases, lists and ranges, and takes no other number for one', () => {
  const text = `
    test('case 7: one', () => {})
    it("cases 3, 4 and 12: a list", () => {})
    test('cases 20 to 22: a range', () => {})
    test('after 99 attempts', () => {})
    test('in case 98 happens', () => {})
  `
  expect(casesNamedIn(text, false)).toEqual([7, 3, 4, 12, 20, 21, 22])
  expect(casesNamedIn("name: '71 name', other: '503 Service', x: '5', y: '1 to 3 z'", true)).toEqual([71, 503, 1, 2, 3])
})
