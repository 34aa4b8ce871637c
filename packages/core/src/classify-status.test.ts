import { describe, expect, test } from 'vitest'
import type { Classification } from './classification.ts'
import { classify } from './classify.ts'
import { classifyStatus } from './classify-status.ts'
import { headOfHeaders } from './response-head.ts'

const judge = (status: number, headers: Record<string, string> = {}, hasOwnKey = false, problem?: string) =>
  classifyStatus(headOfHeaders(status, headers), hasOwnKey, problem)

// status list | category | if idempotent | any method | breaker | overload | most retries
type Line = readonly [string, string, 'y' | 'n', 'y' | 'n', Classification['breaker'], 'y' | 'n', number?]
const TABLE: readonly Line[] = [
  ['300 301 302 303 305 307 308', 'permanent', 'n', 'n', 'success', 'n'],
  [
    '400 401 402 403 404 405 406 410 411 412 414 415 416 417 418 426 428 431 451',
    'permanent',
    'n',
    'n',
    'success',
    'n',
  ],
  ['407 511', 'permanent', 'n', 'n', 'ignore', 'n'],
  ['408', 'transient', 'y', 'n', 'ignore', 'n'],
  ['409 413 422 424 419 430 499', 'permanent', 'n', 'n', 'success', 'n'],
  ['421 425', 'transient', 'y', 'y', 'success', 'n', 1],
  ['423', 'transient', 'y', 'n', 'success', 'n'],
  ['429', 'transient', 'y', 'n', 'ignore', 'y'],
  ['500', 'transient', 'y', 'n', 'failure', 'n'],
  ['501 505 506 508 510', 'permanent', 'n', 'n', 'success', 'n'],
  ['502 504 520 521 522 523 524 527 530', 'transient', 'y', 'n', 'failure', 'y'],
  ['503 529', 'transient', 'y', 'n', 'failure', 'y'],
  ['507 525 526', 'permanent', 'n', 'n', 'failure', 'n'],
  ['509 512 598 599 600 999', 'transient', 'y', 'n', 'failure', 'y'],
]

for (const [statuses, category, ifIdempotent, always, breaker, overload, maxRetries] of TABLE) {
  test.each(statuses.split(' ').map(Number))('status %i', (status) => {
    const found = judge(status)
    expect(found).toMatchObject({
      category,
      breaker,
      overload: overload === 'y',
      code: `http-${status}`,
      phase: 'headers',
    })
    expect(found?.retry).toBe(always === 'y' ? 'always' : ifIdempotent === 'y' ? 'if-idempotent' : 'never')
    expect(found?.maxRetries).toBe(maxRetries)
    expect(Object.isFrozen(found)).toBe(true)
    expect(judge(status), 'no new object for the same status').toBe(found)
  })
}

test.each([100, 101, 103, 200, 201, 204, 206, 299, 304])('%i is a success', (status) => {
  expect(judge(status)).toBeUndefined()
})

test('a proxy or portal that answers is not the origin', () => {
  expect(judge(407)?.source).toBe('proxy')
  expect(judge(511)?.source).toBe('proxy')
  expect(judge(502)?.source).toBe('origin')
})

test('409 with our idempotency key is a request still in progress', () => {
  expect(judge(409, {}, true)).toMatchObject({ category: 'transient', retry: 'if-idempotent', breaker: 'success' })
  expect(classify({ status: 409, headers: {} }, { ownIdempotencyKey: true })?.category).toBe('transient')
})

test('413 is worth a retry only when the server names a time', () => {
  expect(judge(413, { 'retry-after': '5' })).toMatchObject({
    category: 'transient',
    retry: 'if-idempotent',
    breaker: 'success',
  })
  expect(judge(413, { 'retry-after': 'soon' })?.retry).toBe('never')
})

describe('429', () => {
  test.each([{ 'retry-after': '5' }, { 'retry-after-ms': '20' }, { 'Retry-After': 'Sun, 06 Nov 1994 08:49:37 GMT' }])(
    'with %j any method may be repeated',
    (headers) => {
      expect(judge(429, headers as unknown as Record<string, string>)).toMatchObject({
        retry: 'always',
        overload: true,
        breaker: 'ignore',
      })
    },
  )

  test('a Retry-After that cannot be read proves nothing', () => {
    expect(judge(429, { 'retry-after': 'soon' })?.retry).toBe('if-idempotent')
  })

  test('the problem types of the rate limit draft', () => {
    expect(judge(429, {}, false, 'quota-exceeded')?.retry).toBe('always')
    expect(judge(429, { 'retry-after': '1' }, false, 'abnormal-usage-detected')).toMatchObject({
      category: 'permanent',
      retry: 'never',
      breaker: 'ignore',
    })
  })

  const type = 'https://iana.org/assignments/http-problem-types#'
  test.each([
    [{ type: `${type}quota-exceeded` }, 'always'],
    [JSON.stringify({ type: `${type}quota-exceeded` }), 'always'],
    [{ type: `${type}abnormal-usage-detected` }, 'never'],
    [JSON.stringify({ type: `${type}abnormal-usage-detected` }), 'never'],
    [{ type: `${type}temporary-reduced-capacity` }, 'if-idempotent'],
    [{ type: 5 }, 'if-idempotent'],
    ['', 'if-idempotent'],
    [undefined, 'if-idempotent'],
  ])('body %j of an axios response, of its error and of ky', (data, retry) => {
    const response = { status: 429, headers: {}, data }
    expect(classify(response)?.retry).toBe(retry)
    expect(classify(Object.assign(new Error('429'), { response }))?.retry).toBe(retry)
    expect(
      classify(Object.assign(new Error('429'), { response: new Response(null, { status: 429 }), data }))?.retry,
    ).toBe(retry)
  })
})

describe('503 and 529', () => {
  test.each([503, 529])('%i: an explicit nack allows any method', (status) => {
    expect(judge(status, { 'retry-after': ' 0 ' })).toMatchObject({
      retry: 'always',
      breaker: 'failure',
      overload: true,
    })
    expect(judge(status, { 'x-should-retry': 'true' })?.retry).toBe('always')
    expect(judge(status, { 'retry-after': '1' })?.retry).toBe('if-idempotent')
  })

  test('no other status has a nack', () => {
    expect(judge(500, { 'retry-after': '0', 'x-should-retry': 'true' })?.retry).toBe('if-idempotent')
    expect(judge(404, { 'x-should-retry': 'true' })?.retry).toBe('never')
  })
})

describe('what the server forbids', () => {
  test.each([429, 500, 503, 425, 408])('%i', (status) => {
    expect(judge(status, { 'x-should-retry': 'false' })).toMatchObject({ category: 'transient', retry: 'never' })
    expect(judge(status, { 'grpc-retry-pushback-ms': '-1' })?.retry).toBe('never')
    expect(judge(status, { 'grpc-retry-pushback-ms': 'x' })?.retry).toBe('never')
    expect(judge(status, { 'grpc-retry-pushback-ms': '100' })?.retry).not.toBe('never')
    const replayed = judge(status, { 'idempotent-replayed': 'true' })
    expect(replayed).toMatchObject({
      category: 'permanent',
      retry: 'never',
      code: `http-${status}`,
      breaker: judge(status)?.breaker,
    })
    expect(Object.isFrozen(replayed)).toBe(true)
    expect(judge(status, { 'idempotent-replayed': 'false' })).toBe(judge(status))
  })

  test('also beside a nack', () => {
    expect(judge(503, { 'retry-after': '0', 'x-should-retry': 'false' })?.retry).toBe('never')
  })
})
