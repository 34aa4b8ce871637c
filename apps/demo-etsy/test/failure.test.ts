import { HoldfastError } from '@holdfast/core'
import { AxiosError, AxiosHeaders, type AxiosResponse } from 'axios'
import { expect, test } from 'vitest'
import { describeFailure, UnreadableAnswerError } from '../src/shop/failure.ts'

function answered(status: number, data: unknown, headers: Record<string, string> = {}): AxiosError {
  const config = { headers: new AxiosHeaders() }
  const response: AxiosResponse = { status, statusText: '', data, headers, config }
  return new AxiosError('Request failed', 'ERR_BAD_RESPONSE', config, {}, response)
}

test.each([
  [
    answered(400, [{ path: '/title/1', type: 'x', message: 'contains invalid characters' }]),
    'HTTP 400 /title/1 contains invalid characters',
    true,
  ],
  [answered(403, { error: 'User does not own Shop 1' }), 'HTTP 403 User does not own Shop 1', true],
  [answered(429, { error: 'Exceeded daily rate limit' }), 'HTTP 429 Exceeded daily rate limit', false],
  [answered(408, ''), 'HTTP 408', false],
  [answered(502, '<html></html>'), 'HTTP 502', false],
  [new AxiosError('socket hang up', 'ECONNRESET'), 'ECONNRESET', false],
  [answered(200, ''), 'ERR_BAD_RESPONSE', false],
  [
    new UnreadableAnswerError('unreadable answer: count is not a number'),
    'unreadable answer: count is not a number',
    false,
  ],
])('%s', (error, reason, isPermanent) => {
  expect(describeFailure(error)).toMatchObject({ reason, isPermanent, isLocalRefusal: false })
})

test('only a 500 speaks against the item', () => {
  expect(describeFailure(answered(500, {})).isServerError).toBe(true)
  expect(describeFailure(answered(503, {})).isServerError).toBe(false)
})

test('a named wait is read in seconds; anything else is no wait', () => {
  expect(describeFailure(answered(429, {}, { 'retry-after': '30' })).retryAfterMs).toBe(30_000)
  expect(describeFailure(answered(429, {}, { 'retry-after': 'soon' })).retryAfterMs).toBe(0)
  expect(describeFailure(answered(429, {})).retryAfterMs).toBe(0)
})

test('a rejection of the policy tells whether anything was sent, and when to come back', () => {
  const open = new HoldfastError('circuit-open', { policy: 'etsy', key: 'http://127.0.0.1:1', retryAfterMs: 1_500 })
  expect(describeFailure(open)).toMatchObject({ reason: 'circuit-open', isLocalRefusal: true, retryAfterMs: 1_500 })
  const late = new HoldfastError('deadline-exceeded', { policy: 'etsy', key: 'http://127.0.0.1:1' })
  expect(describeFailure(late)).toMatchObject({ reason: 'deadline-exceeded', isLocalRefusal: false, retryAfterMs: 0 })
})

test('a bug in a job is not taken for a failed call', () => {
  expect(() => describeFailure(new TypeError('x is undefined'))).toThrow('x is undefined')
})
