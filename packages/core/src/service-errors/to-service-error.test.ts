import { describe, expect, it } from 'vitest'
import { HoldfastError, type RejectionCode } from '../errors.ts'
import { fromReason, responseToServiceError, toServiceError } from './to-service-error.ts'
import { ConflictError, ValidationError } from './kinds.ts'
import { isServiceError, ServiceError, type ServiceErrorCode } from './service-error.ts'

const answered = (status: number, parts: { data?: unknown; headers?: object; method?: string } = {}): Error =>
  Object.assign(new Error(`Request failed with status code ${status}`), {
    isAxiosError: true,
    code: status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE',
    config: { method: parts.method ?? 'get' },
    response: { status, headers: parts.headers ?? {}, data: parts.data },
  })

const coded = (code: string, parts: object = {}): Error => Object.assign(new Error(code), { code, ...parts })

describe('toServiceError of an answer', () => {
  it.each<[number, string, ServiceErrorCode, boolean]>([
    [400, 'get', 'validation', false],
    [401, 'get', 'authentication', false],
    [402, 'get', 'authorization', false],
    [403, 'get', 'authorization', false],
    [404, 'get', 'not-found', false],
    [405, 'get', 'unexpected', false],
    [407, 'get', 'service-unavailable', false],
    [408, 'get', 'network-timeout', true],
    [408, 'post', 'unknown-outcome', false],
    [409, 'put', 'conflict', false],
    [410, 'get', 'not-found', false],
    [412, 'put', 'conflict', false],
    [422, 'post', 'validation', false],
    [423, 'get', 'conflict', true],
    [429, 'get', 'rate-limited', true],
    [451, 'get', 'authorization', false],
    [500, 'get', 'service-unavailable', true],
    [500, 'post', 'service-unavailable', false],
    [501, 'get', 'unexpected', false],
    [502, 'get', 'service-unavailable', true],
    [502, 'patch', 'unknown-outcome', false],
    [503, 'get', 'service-unavailable', true],
    [504, 'get', 'network-timeout', true],
    [504, 'post', 'unknown-outcome', false],
    [507, 'get', 'service-unavailable', false],
  ])('%i to a %s is %s, retryable %s', (status, method, code, retryable) => {
    const error = toServiceError(answered(status, { method }), { upstream: 'etsy', operation: 'getListing' })
    expect(error).toMatchObject({ code, retryable, status, upstream: 'etsy', operation: 'getListing' })
    expect(error.message).toMatch(new RegExp(`^${code}: etsy getListing `))
  })

  it('keeps the wait and tells a quota from a limit', () => {
    const wait = (seconds: number): object => ({ headers: { 'retry-after': String(seconds) } })
    expect(toServiceError(answered(429, wait(2)))).toMatchObject({ code: 'rate-limited', retryAfterMs: 2_000 })
    expect(toServiceError(answered(429, wait(3_600)))).toMatchObject({
      code: 'quota-exceeded',
      retryAfterMs: 3_600_000,
    })
    expect(toServiceError(answered(429, { data: { error: 'Daily quota used up' } })).code).toBe('quota-exceeded')
    expect(toServiceError(answered(503, wait(7))).message).toContain('try again in 7000 ms')
  })

  it('reads what the provider says, and keeps its words off the enumerable part', () => {
    const error = toServiceError(answered(404, { data: { error: { code: 'shop_gone', message: 'token=hunter2 no' } } }))
    expect(error.upstreamCode).toBe('shop_gone')
    expect(error.upstreamMessage).toBe('token=hunter2 no')
    expect(JSON.stringify(error) + error.message).not.toContain('hunter2')
  })

  it('names all issues of refused data', () => {
    const data = {
      errors: [
        { path: ['title'], message: 'too long' },
        { pointer: '/price', detail: 'below 0.20' },
      ],
    }
    const error = toServiceError(answered(422, { data }))
    expect(error).toBeInstanceOf(ValidationError)
    expect((error as { issues?: unknown }).issues).toEqual([
      { path: ['title'], message: 'too long', code: undefined },
      { path: ['price'], message: 'below 0.20', code: undefined },
    ])
  })

  it('knows credentials by the words of OAuth', () => {
    const expired = answered(400, { data: { error: 'invalid_grant', error_description: 'revoked' } })
    expect(toServiceError(expired).code).toBe('authentication')
    const challenge = 'Bearer error="insufficient_scope", scope="listings_w shops_r"'
    const missing = toServiceError(answered(401, { headers: { 'WWW-Authenticate': challenge } }))
    expect(missing).toMatchObject({ code: 'authorization', missingScopes: ['listings_w', 'shops_r'] })
    const body = { error: 'insufficient_scope', error_description: 'no', scope: 'a b' }
    expect(toServiceError(answered(403, { data: body }))).toMatchObject({ missingScopes: ['a', 'b'] })
  })

  it('reads a ky error and an application shape', () => {
    const error = Object.assign(new Error('Request failed'), {
      name: 'HTTPError',
      response: new Response(null, { status: 409 }),
      request: new Request('https://api.example/x', { method: 'PUT' }),
      data: { oops: 'E17' },
    })
    const parsers = [(body: unknown) => ({ code: (body as { oops?: string }).oops })]
    expect(toServiceError(error, { parsers })).toBeInstanceOf(ConflictError)
    expect(toServiceError(error, { parsers }).upstreamCode).toBe('E17')
  })
})

describe('toServiceError of a failed transport', () => {
  it.each<[string, string, ServiceErrorCode, boolean]>([
    ['ECONNREFUSED', 'post', 'service-unavailable', true],
    ['ECONNRESET', 'get', 'service-unavailable', true],
    ['ECONNRESET', 'post', 'unknown-outcome', false],
    ['UND_ERR_HEADERS_TIMEOUT', 'get', 'network-timeout', true],
    ['UND_ERR_HEADERS_TIMEOUT', 'post', 'unknown-outcome', false],
    ['UND_ERR_CONNECT_TIMEOUT', 'post', 'network-timeout', true],
    ['CERT_HAS_EXPIRED', 'get', 'service-unavailable', false],
    ['ERR_INVALID_URL', 'get', 'unexpected', false],
    ['ENOTFOUND', 'get', 'service-unavailable', true],
  ])('%s of a %s is %s, retryable %s', (code, method, expected, retryable) => {
    const error = new TypeError('fetch failed', {
      cause: coded(code, code === 'ECONNREFUSED' ? { syscall: 'connect' } : {}),
    })
    Object.assign(error, { config: { method } })
    expect(toServiceError(error)).toMatchObject({ code: expected, retryable, cause: error })
  })

  it('trusts the caller about repeating over the method', () => {
    const reset = Object.assign(coded('ECONNRESET'), { config: { method: 'post' } })
    expect(toServiceError(reset, { idempotent: true }).code).toBe('service-unavailable')
    expect(toServiceError(coded('ECONNRESET'), { idempotent: false }).code).toBe('unknown-outcome')
  })

  it('tells the end by the caller from a limit', () => {
    expect(toServiceError(new DOMException('stop', 'AbortError')).code).toBe('cancelled')
    expect(toServiceError(new DOMException('slow', 'TimeoutError')).code).toBe('network-timeout')
  })

  it('calls the rest unexpected', () => {
    for (const thrown of [undefined, null, 7, 'text', {}, new TypeError('x is not a function')]) {
      const error = toServiceError(thrown)
      expect([error.code, error.cause]).toEqual(['unexpected', thrown])
    }
  })
})

describe('toServiceError of a refusal', () => {
  const refused = (code: RejectionCode, parts: object = {}): HoldfastError =>
    new HoldfastError(code, { policy: 'etsy', key: 'k', ...parts })

  it.each<[RejectionCode, ServiceErrorCode]>([
    ['circuit-open', 'service-unavailable'],
    ['gate-closed', 'service-unavailable'],
    ['throttled', 'service-unavailable'],
    ['queue-full', 'service-unavailable'],
    ['killed', 'service-unavailable'],
    ['rate-limited', 'rate-limited'],
    ['quota-exhausted', 'quota-exceeded'],
    ['deadline-exceeded', 'network-timeout'],
    ['attempt-timeout', 'network-timeout'],
    ['invalid-idempotency-key', 'unexpected'],
  ])('%s is %s', (code, expected) => {
    expect(toServiceError(refused(code, { retryAfterMs: 50 }))).toMatchObject({ code: expected, retryAfterMs: 50 })
    expect(toServiceError(new Error('wrapped', { cause: refused(code) })).code).toBe(expected)
  })

  it('doubts a write that was sent before time ran out', () => {
    const report = (attempts: number, idempotencyKey?: string): object => ({
      report: { method: 'POST', attempts: Array.from({ length: attempts }, () => ({})), idempotencyKey },
    })
    expect(toServiceError(refused('deadline-exceeded', report(1))).code).toBe('unknown-outcome')
    expect(toServiceError(refused('deadline-exceeded', report(0))).code).toBe('network-timeout')
    expect(toServiceError(refused('deadline-exceeded', report(1, 'key'))).code).toBe('network-timeout')
    expect(toServiceError(refused('circuit-open', report(1))).code).toBe('service-unavailable')
  })
})

describe('service errors', () => {
  it('are handed on as they are, also as a cause', () => {
    const first = new ServiceError('conflict')
    expect(toServiceError(first)).toBe(first)
    expect(toServiceError(new Error('outer', { cause: first }))).toBe(first)
  })

  it('are recognised across copies, by code as well', () => {
    const foreign = { [Symbol.for('holdfast.service-error')]: true, code: 'not-found' }
    expect(isServiceError(foreign)).toBe(true)
    expect(isServiceError(foreign, 'not-found')).toBe(true)
    expect(isServiceError(foreign, 'conflict')).toBe(false)
    for (const value of [undefined, null, 1, {}, new Error('x')]) expect(isServiceError(value)).toBe(false)
  })

  it('drop a code of the upstream that is none', () => {
    expect(new ServiceError('conflict', { upstreamCode: 'a\nb' }).upstreamCode).toBeUndefined()
    expect(new ServiceError('conflict', { upstreamCode: 'x'.repeat(65) }).upstreamCode).toBeUndefined()
  })
})

describe('responseToServiceError', () => {
  it('reads the body as far as is sensible', async () => {
    const response = Response.json({ error: 'Shop is closed', code: 12 }, { status: 404 })
    const error = await responseToServiceError(response, { upstream: 'etsy' })
    expect(error).toMatchObject({ code: 'not-found', upstreamCode: '12', upstreamMessage: 'Shop is closed' })
    let pulled = 0
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1
        controller.enqueue(new Uint8Array(1_024).fill(97))
      },
      cancel: () => {
        cancelled = true
      },
    })
    await responseToServiceError(new Response(endless, { status: 500 }))
    expect(cancelled).toBe(true)
    expect(pulled).toBeLessThan(12)
  })

  it('knows the method it was told', async () => {
    const lost = (): Response => new Response(null, { status: 504 })
    expect((await responseToServiceError(lost(), { method: 'POST' })).code).toBe('unknown-outcome')
    expect((await responseToServiceError(lost(), { method: 'GET' })).code).toBe('network-timeout')
    expect((await responseToServiceError(lost())).code).toBe('network-timeout')
  })

  it('refuses what it cannot judge', async () => {
    await expect(responseToServiceError(new Response('x'))).rejects.toThrow('status 200 is a success')
    const read = new Response('x', { status: 500 })
    await read.text()
    await expect(responseToServiceError(read)).rejects.toThrow('read already')
    const broken = new ReadableStream({
      start: (controller) => {
        controller.error(new Error('reset'))
      },
    })
    expect((await responseToServiceError(new Response(broken, { status: 500 }))).code).toBe('service-unavailable')
  })
})

describe('fromReason', () => {
  it.each<[string, ServiceErrorCode]>([
    ['http-404', 'not-found'],
    ['http-503', 'service-unavailable'],
    ['connection-refused', 'service-unavailable'],
    ['attempt-timeout', 'network-timeout'],
    ['rate-limited', 'rate-limited'],
    ['caller-aborted', 'cancelled'],
    ['unknown', 'unexpected'],
    ['toString', 'service-unavailable'],
  ])('%s is %s', (reason, code) => {
    expect(fromReason(reason, { upstream: 'etsy' })).toMatchObject({ code, upstream: 'etsy' })
  })
})
