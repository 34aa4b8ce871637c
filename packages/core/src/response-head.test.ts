import { describe, expect, test } from 'vitest'
import { headOfHeaders, headOfResponse } from './response-head.ts'

test('a fetch response', () => {
  const head = headOfResponse(new Response(null, { status: 503, headers: { 'Retry-After': '3' } }))
  expect(head.status).toBe(503)
  expect(head.header('retry-after')).toBe('3')
  expect(head.header('date')).toBeUndefined()
})

describe('headers of other clients', () => {
  test.each([
    ['Headers', new Headers({ 'Retry-After': '3' })],
    ['a Map', new Map([['retry-after', '3']])],
    ['a plain object in lower case', { 'retry-after': '3' }],
    ['a plain object in another case', { 'RETRY-After': '3', 'retry-afteR2': '4' }],
    ['a null prototype', Object.assign(Object.create(null) as object, { 'Retry-After': '3' })],
    ['a number', { 'retry-after': 3 }],
    ['an axios-like get()', { get: (name: string) => (name.toLowerCase() === 'retry-after' ? 3 : undefined) }],
  ])('%s', (_, headers) => {
    const head = headOfHeaders(429, headers)
    expect(head.header('retry-after')).toBe('3')
    expect(head.header('x-other')).toBeUndefined()
  })

  test('several lines of one field are one line', () => {
    expect(headOfHeaders(200, { ratelimit: ['"a";r=1', '"b";r=2'] }).header('ratelimit')).toBe('"a";r=1, "b";r=2')
  })

  test('what is no text is no header', () => {
    const head = headOfHeaders(200, { age: null, date: true, 'retry-after': () => '3', get: 'a header of that name' })
    for (const name of ['age', 'date', 'retry-after', 'constructor', 'toString'])
      expect(head.header(name)).toBeUndefined()
    expect(head.header('get')).toBe('a header of that name')
  })

  test('a broken object has no headers', () => {
    const broken = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    expect(headOfHeaders(200, broken).header('age')).toBeUndefined()
    expect(
      headOfHeaders(200, {
        get: () => {
          throw new Error('no')
        },
      }).header('age'),
    ).toBeUndefined()
  })
})

test('no headers at all', () => {
  expect(headOfHeaders(503, undefined).header('age')).toBeUndefined()
  expect(headOfHeaders(503, null).header('age')).toBeUndefined()
})

test('nothing is copied: later changes are seen', () => {
  const headers: Record<string, string> = {}
  const head = headOfHeaders(200, headers)
  headers['age'] = '1'
  expect(head.header('age')).toBe('1')
})
