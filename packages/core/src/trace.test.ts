import { expect, it } from 'vitest'
import { describeStep, type TraceStep } from './trace.ts'

const STEPS: readonly (readonly [TraceStep, string])[] = [
  [
    { step: 'attempt', atMs: 0, attempt: 1, durationMs: 12.34, status: undefined, code: 'connection-reset' },
    '+0 ms attempt 1: connection-reset after 12.3 ms',
  ],
  [
    { step: 'attempt', atMs: 100, attempt: 2, durationMs: 5, status: 200, code: undefined },
    '+100 ms attempt 2: success with status 200 after 5 ms',
  ],
  [
    {
      step: 'retry',
      atMs: 1,
      attempt: 2,
      delayMs: 50,
      because: 'http-503',
      pushbackMs: undefined,
      isTransparent: false,
      tokens: 89.9,
    },
    '+1 ms attempt 2 scheduled in 50 ms: http-503, 89 budget tokens left',
  ],
  [
    {
      step: 'retry',
      atMs: 1,
      attempt: 2,
      delayMs: 5_100,
      because: 'http-429',
      pushbackMs: 5_000,
      isTransparent: false,
      tokens: undefined,
    },
    '+1 ms attempt 2 scheduled in 5100 ms (the server asked for 5000 ms): http-429',
  ],
  [
    {
      step: 'retry',
      atMs: 1,
      attempt: 2,
      delayMs: 0,
      because: 'connection-refused',
      pushbackMs: undefined,
      isTransparent: true,
      tokens: undefined,
    },
    '+1 ms attempt 2 scheduled at once, because the request was never sent: connection-refused',
  ],
  [{ step: 'stop', atMs: 2, reason: 'attempts', detail: undefined }, '+2 ms no further attempt: attempts'],
  [
    { step: 'stop', atMs: 2, reason: 'method', detail: 'POST may have been processed' },
    '+2 ms no further attempt: method (POST may have been processed)',
  ],
  [{ step: 'wait', atMs: 0, stage: 'rate limit', waitedMs: 30 }, '+0 ms waited 30 ms in rate limit'],
  [
    { step: 'vote', atMs: 3, stage: 'circuit breaker', vote: 'failure 2 in a row' },
    '+3 ms circuit breaker: failure 2 in a row',
  ],
  [
    { step: 'reject', atMs: 4, code: 'circuit-open', detail: undefined, retryAfterMs: undefined },
    '+4 ms refused: circuit-open',
  ],
  [
    { step: 'reject', atMs: 4, code: 'rate-limited', detail: 'none left', retryAfterMs: 20 },
    '+4 ms refused: rate-limited (none left), retry after 20 ms',
  ],
]

it.each(STEPS)('%o', (step, line) => {
  expect(describeStep(step)).toBe(line)
})
