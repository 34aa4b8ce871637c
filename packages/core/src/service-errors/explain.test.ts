import { describe, expect, it, vi } from 'vitest'
import { crashOnFatal } from './crash-on-fatal.ts'
import { explainToUser, waitInWords } from './explain.ts'
import {
  CacheMissError,
  ConflictError,
  CorruptStateError,
  MissingConfigError,
  NonCriticalServiceError,
  RateLimitedError,
  ValidationError,
} from './kinds.ts'
import { ServiceError, type ServiceErrorCode } from './service-error.ts'

const CODES: readonly ServiceErrorCode[] = [
  'network-timeout',
  'service-unavailable',
  'rate-limited',
  'quota-exceeded',
  'validation',
  'not-found',
  'conflict',
  'authentication',
  'authorization',
  'cache-miss',
  'non-critical',
  'missing-config',
  'corrupt-state',
  'unknown-outcome',
  'cancelled',
  'unexpected',
]

describe('explainToUser', () => {
  it.each(CODES)('has three sentences for %s, with and without a name', (code) => {
    for (const upstream of ['etsy', undefined]) {
      const secret = { operation: 'getX', upstreamMessage: 'token=hunter2', cause: new Error('ECONNRESET 10.0.0.1') }
      const message = explainToUser(new ServiceError(code, { upstream, ...secret }))
      for (const sentence of [message.what, message.why, message.todo]) {
        expect(sentence).toMatch(/^[A-Z].*\.$/)
        expect(sentence).not.toMatch(/hunter2|ECONN|getX|undefined|[a-z]-[a-z]+:/)
      }
    }
  })

  it('says how long to wait', () => {
    const error = new RateLimitedError({ upstream: 'etsy', retryAfterMs: 90_000 })
    expect(explainToUser(error)).toMatchObject({
      what: 'Etsy is receiving too many requests from us.',
      todo: 'Please try again in 2 minutes.',
    })
    expect([1, 1_000, 59_001, 60_000, 7_199_999, 7_200_000, 86_400_000].map(waitInWords)).toEqual([
      '1 second',
      '1 second',
      '60 seconds',
      '1 minute',
      '120 minutes',
      '2 hours',
      '24 hours',
    ])
  })

  it('names what to correct, five at most', () => {
    const issues = Array.from({ length: 7 }, (_, index) => ({ path: ['items', index], message: 'too long' }))
    const { todo } = explainToUser(new ValidationError(issues))
    expect(todo).toMatch(/^Please correct: items \/ 0: too long; .*items \/ 4: too long; and 2 more\.$/)
    expect(explainToUser(new ValidationError([{ path: [], message: 'empty' }])).todo).toBe('Please correct: empty.')
  })

  it('takes the words of the application first', () => {
    const catalogue = {
      unexpected: () => ({ what: 'Etwas ging schief.', why: 'Unser Fehler.', todo: 'Bitte erneut versuchen.' }),
    }
    expect(explainToUser(new Error('boom'), catalogue).what).toBe('Etwas ging schief.')
    expect(explainToUser(new RateLimitedError(), catalogue).what).toBe(
      'The service is receiving too many requests from us.',
    )
  })
})

describe('crashOnFatal', () => {
  it('reports a fatal error, then ends the process', async () => {
    const steps: string[] = []
    const boundary = crashOnFatal({ exit: (code) => steps.push(`exit ${code}`) }, async ({ code }) => {
      await Promise.resolve()
      steps.push(code)
    })
    await boundary(new MissingConfigError(['ETSY_KEY']))
    expect(steps).toEqual(['missing-config', 'exit 1'])
  })

  it('ends the process though the report fails', async () => {
    const exit = vi.fn()
    const boundary = crashOnFatal({ exit }, () => Promise.reject(new Error('disk full')))
    await expect(boundary(new CorruptStateError())).rejects.toThrow('disk full')
    expect(exit).toHaveBeenCalledWith(1)
  })

  it('hands every other error back', async () => {
    const exit = vi.fn()
    const report = vi.fn()
    expect((await crashOnFatal({ exit }, report)(new Error('x'))).code).toBe('unexpected')
    expect(exit).not.toHaveBeenCalled()
    expect(report).not.toHaveBeenCalled()
  })

  it.each([new CacheMissError(), new NonCriticalServiceError(), new ConflictError()])(
    '%s is named as its class',
    (error) => {
      expect(error.name).toBe(error.constructor.name)
      expect(String(error)).toContain(`${error.name}: ${error.code}: `)
    },
  )

  it('names the missing settings, not their values', () => {
    expect(new MissingConfigError(['A', 'B'], { upstream: 'etsy' }).message).toBe(
      'missing-config: etsy (A, B) is not configured',
    )
  })
})
