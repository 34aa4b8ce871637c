import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCacheControl } from './cache-control.ts'

const read = (field: string | undefined) => {
  const found = parseCacheControl(field)
  return found === undefined ? undefined : Object.fromEntries(found)
}

describe('parseCacheControl', () => {
  it.each<[string | undefined, Record<string, number | true>]>([
    [undefined, {}],
    ['', {}],
    ['no-store', { 'no-store': true }],
    ['Max-Age=60, MUST-REVALIDATE', { 'max-age': 60, 'must-revalidate': true }],
    ['max-age="60"', { 'max-age': 60 }],
    [' , max-age=60 ,, public ', { 'max-age': 60, public: true }],
    ['private="set-cookie, x-user", max-age=1', { private: true, 'max-age': 1 }],
    ['no-cache="a\\"b"', { 'no-cache': true }],
    ['community="UCI"', { community: true }],
    ['max-age=99999999999', { 'max-age': 2_147_483_648 }],
    ['max-stale', { 'max-stale': 2_147_483_648 }],
    ['max-age=5, max-age=5', { 'max-age': 5 }],
  ])('reads %j', (field, expected) => {
    expect(read(field)).toEqual(expected)
  })

  it.each([
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    'max-age=1, max-age=2',
    'no store',
    'private="x',
    '=5',
    'a;b',
  ])('takes %j for malformed', (field) => {
    expect(parseCacheControl(field)).toBeUndefined()
  })

  it('never throws and ends on any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (field) => {
        parseCacheControl(field)
      }),
    )
  })
})
