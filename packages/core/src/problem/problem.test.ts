import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AuthenticationError,
  MissingConfigError,
  NotFoundError,
  RateLimitedError,
  ValidationError,
} from '../service-errors/kinds.ts'
import { ServiceError, type ServiceErrorCode } from '../service-errors/service-error.ts'
import { readProblem } from './read-problem.ts'
import { problemResponse, toProblem } from './to-problem.ts'

const STATUSES: readonly [ServiceErrorCode, own: number, upstream: number][] = [
  ['network-timeout', 504, 504],
  ['service-unavailable', 503, 503],
  ['rate-limited', 429, 503],
  ['quota-exceeded', 429, 503],
  ['validation', 422, 422],
  ['not-found', 404, 404],
  ['conflict', 409, 409],
  ['authentication', 401, 502],
  ['authorization', 403, 502],
  ['cache-miss', 503, 503],
  ['non-critical', 503, 503],
  ['missing-config', 500, 500],
  ['corrupt-state', 500, 500],
  ['unknown-outcome', 504, 504],
  ['cancelled', 503, 503],
  ['unexpected', 500, 500],
]

describe('toProblem', () => {
  it.each(STATUSES)('%s is %i, and %i when an upstream is to blame', (code, own, upstream) => {
    expect(toProblem(new ServiceError(code)).status).toBe(own)
    expect(toProblem(new ServiceError(code, { upstream: 'etsy' })).status).toBe(upstream)
  })

  it('says what a caller needs', () => {
    const error = new RateLimitedError({ retryAfterMs: 1_500 })
    expect(toProblem(error, { instance: 'req-7', typeBase: 'https://api.example/problems/' })).toEqual({
      type: 'https://api.example/problems/rate-limited',
      title: 'Too many requests',
      status: 429,
      detail: 'The service is receiving too many requests from us. Please try again in 2 seconds.',
      instance: 'req-7',
      code: 'rate-limited',
      retryAfter: 2,
    })
    expect(toProblem(new NotFoundError()).type).toBe('about:blank')
  })

  it('points at what is wrong with the own data, not at what an upstream said', () => {
    const issues = [{ path: ['items', 0, 'a/b~c'], message: 'too long' }]
    expect(toProblem(new ValidationError(issues)).errors).toEqual([{ pointer: '/items/0/a~1b~0c', detail: 'too long' }])
    expect(toProblem(new ValidationError(issues, { upstream: 'etsy' })).errors).toBeUndefined()
    expect(toProblem(new ValidationError(issues, { status: 422 })).errors).toBeUndefined()
  })

  it('keeps to itself what only the operator may know', () => {
    expect(toProblem(new MissingConfigError(['STRIPE_KEY']))).toEqual(toProblem(new Error('anything')))
  })

  it('drops an instance that could break a header or a log', () => {
    for (const instance of ['a b', 'a\nb', '', 'x'.repeat(201)])
      expect(toProblem(new Error('x'), { instance })).not.toHaveProperty('instance')
  })

  it('leaks nothing of the failure', () => {
    const secret = fc.string({ minLength: 12, maxLength: 30 }).map((text) => `S3CR3T${text}`)
    fc.assert(
      fc.property(secret, fc.constantFrom(...STATUSES.map(([code]) => code)), (planted, code) => {
        const cause = Object.assign(new Error(`connect ${planted}`), {
          config: { headers: { Authorization: planted }, auth: { password: planted }, url: planted },
          response: {
            status: 500,
            headers: { 'x-secret': planted },
            data: { message: planted, errors: [{ message: planted }] },
          },
        })
        const init = {
          upstream: planted,
          operation: planted,
          upstreamMessage: planted,
          upstreamCode: planted,
          details: { planted },
          cause,
        }
        for (const failure of [
          cause,
          new ServiceError(code, init),
          new AuthenticationError(init),
          planted,
          { message: planted },
        ]) {
          expect(JSON.stringify(toProblem(failure))).not.toContain('S3CR3T')
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('problemResponse', () => {
  it('is a whole answer', async () => {
    const response = problemResponse(new RateLimitedError({ retryAfterMs: 1_500 }))
    expect(response.status).toBe(429)
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      'retry-after': '2',
    })
    expect(await readProblem(response)).toMatchObject({ title: 'Too many requests', status: 429, code: 'rate-limited' })
    expect(problemResponse(new Error('x')).headers.has('retry-after')).toBe(false)
  })
})

describe('readProblem', () => {
  const answer = (body: BodyInit | null, type = 'application/problem+json; charset=utf-8'): Response =>
    new Response(body, { status: 400, headers: { 'content-type': type } })

  it('takes known members alone, bounded', async () => {
    const body = { type: 't', title: 'x'.repeat(500), status: 400, detail: 7, evil: 'e', code: 'C', instance: '/i' }
    expect(await readProblem(answer(JSON.stringify(body)))).toEqual({
      type: 't',
      title: 'x'.repeat(200),
      status: 400,
      code: 'C',
      instance: '/i',
    })
  })

  it.each(['[]', 'null', '"text"', '{', '\u0000'])('is undefined for %j', async (body) => {
    expect(await readProblem(answer(body))).toBeUndefined()
  })

  it('is undefined for another type, a large body, bad UTF-8, a broken body and none', async () => {
    expect(await readProblem(answer('{}', 'application/json'))).toBeUndefined()
    expect(await readProblem(answer(`{"title":"${'x'.repeat(9_000)}"}`))).toBeUndefined()
    expect(await readProblem(answer(new Uint8Array([0xff, 0xfe])))).toBeUndefined()
    expect(await readProblem(answer(null))).toBeUndefined()
    const broken = new ReadableStream({
      start(controller) {
        controller.error(new Error('reset'))
      },
    })
    expect(await readProblem(answer(broken))).toBeUndefined()
  })

  it('is not fooled by inherited members', async () => {
    expect(await readProblem(answer('{"__proto__":{"code":"X","title":"T"}}'))).toEqual({ type: 'about:blank' })
  })
})
