import { afterEach, describe, expect, test, vi } from 'vitest'
import { classification, type Classification } from './classification.ts'
import { classify } from './classify.ts'
import { headOfHeaders } from './response-head.ts'

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code }, more)

test('a classification outside the tables', () => {
  expect(classification('mine', { retry: 'always' })).toMatchObject({
    code: 'mine',
    category: 'transient',
    retry: 'always',
    breaker: 'failure',
  })
  expect(Object.isFrozen(classification('mine'))).toBe(true)
})

describe('answers', () => {
  test('a Response and what axios resolves with', () => {
    expect(classify(new Response(null, { status: 503 }))).toMatchObject({ code: 'http-503', retry: 'if-idempotent' })
    expect(classify(new Response(null, { status: 503, headers: { 'retry-after': '0' } }))?.retry).toBe('always')
    expect(classify({ status: 503, statusText: '', headers: { 'Retry-After': '0' }, data: '' })?.retry).toBe('always')
    expect(classify({ status: 404 })?.code).toBe('http-404')
    expect(classify(new Response('ok'))).toBeUndefined()
    expect(classify({ status: 200, headers: {} })).toBeUndefined()
  })

  test('an opaque answer is a success, Response.error() is not', () => {
    expect(classify({ type: 'opaqueredirect', status: 0, headers: new Headers() })).toBeUndefined()
    expect(classify({ type: 'opaque', status: 0 })).toBeUndefined()
    expect(classify(Response.error())?.code).toBe('network-opaque')
  })

  test('a head that was read already is not read again', () => {
    const response = {
      status: 503,
      get headers(): never {
        throw new Error('read again')
      },
    }
    expect(classify(response, { head: headOfHeaders(503, { 'retry-after': '0' }) })?.retry).toBe('always')
  })

  test.each([NaN, 1.5, -200, 99, 1_000, 200_000])('%d is no status', (status) => {
    expect(classify({ status, headers: {} })?.code).toBe('network-opaque')
    expect(classify(Object.assign(new Error('x'), { status }))?.code).toBe('unknown')
  })
})

describe('a page', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  test('that knows it has no network does not blame the server', () => {
    const error = new TypeError('Failed to fetch')
    vi.stubGlobal('navigator', { onLine: true })
    expect(classify(error)).toMatchObject({ code: 'network-opaque', source: 'origin', breaker: 'failure' })
    vi.stubGlobal('navigator', { onLine: false })
    expect(classify(error)).toMatchObject({
      code: 'network-offline',
      source: 'local',
      breaker: 'ignore',
      maxRetries: 1,
    })
    expect(classify(new Error('anything else'))?.code).toBe('unknown')
  })
})

describe('errors that carry an answer', () => {
  test('axios, ky and undici', () => {
    const response = { status: 503, headers: { 'retry-after': '0' } }
    expect(classify(coded('ERR_BAD_RESPONSE', { isAxiosError: true, response }))).toMatchObject({
      code: 'http-503',
      retry: 'always',
    })
    expect(
      classify(coded('ERR_BAD_REQUEST', { isAxiosError: true, response: { status: 404, headers: {} } }))?.code,
    ).toBe('http-404')
    expect(
      classify(Object.assign(new Error('x'), { name: 'HTTPError', response: new Response(null, { status: 429 }) }))
        ?.code,
    ).toBe('http-429')
    expect(classify(coded('UND_ERR_RESPONSE', { statusCode: 503, headers: { 'retry-after': '0' } }))?.retry).toBe(
      'always',
    )
    expect(classify(Object.assign(new Error('x'), { status: 429, headers: null }))?.code).toBe('http-429')
  })

  test('a domain error around one of them', () => {
    const inner = coded('ERR_BAD_RESPONSE', { response: { status: 503, headers: {} } })
    expect(classify(new Error('shop unavailable', { cause: inner }))?.code).toBe('http-503')
  })

  test('never by a good status alone: the body broke', () => {
    const response = { status: 200, headers: {} }
    expect(classify(coded('ECONNRESET', { response }))).toMatchObject({
      code: 'connection-reset',
      category: 'partial',
      phase: 'body',
      sent: 'yes',
      overload: false,
    })
    expect(classify(coded('Z_DATA_ERROR', { response, status: 200 }))?.category).toBe('partial')
    expect(classify(coded('ECONNRESET'), { head: headOfHeaders(200, {}) })).toMatchObject({
      category: 'partial',
      retry: 'if-idempotent',
    })
    expect(classify(new TypeError('network error'), { head: headOfHeaders(200, {}) })).toMatchObject({
      code: 'network-opaque',
      category: 'partial',
    })
    expect(classify(new TypeError('odd'), { head: headOfHeaders(200, {}), phase: 'body' })).toMatchObject({
      code: 'network-unknown',
      category: 'partial',
    })
  })

  test('a bad status says more than the broken body of its page', () => {
    expect(classify(new TypeError('terminated'), { head: headOfHeaders(404, {}) })?.code).toBe('http-404')
  })
})

describe('the phase an adapter saw beats the code', () => {
  const at = (code: string, phase: Classification['phase']) => classify(coded(code), { phase })

  test('connect proves that nothing was sent', () => {
    expect(at('ECONNRESET', 'connect')).toMatchObject({
      code: 'connection-reset',
      sent: 'no',
      retry: 'always',
      phase: 'connect',
      category: 'transient',
    })
    expect(at('UND_ERR_BODY_TIMEOUT', 'connect')).toMatchObject({ sent: 'no', category: 'transient' })
  })

  test('headers withdraws a proof', () => {
    expect(at('ECONNREFUSED', 'headers')).toMatchObject({ sent: 'maybe', retry: 'if-idempotent', breaker: 'failure' })
  })

  test('body makes it partial', () => {
    expect(at('ECONNRESET', 'body')).toMatchObject({ category: 'partial', sent: 'yes', overload: false })
  })

  test('what is not worth a retry stays so', () => {
    expect(at('CERT_HAS_EXPIRED', 'headers')).toMatchObject({ category: 'permanent', retry: 'never' })
    expect(at('ERR_INVALID_URL', 'connect')).toMatchObject({ category: 'fatal', retry: 'never' })
  })

  test('the same phase or none changes nothing', () => {
    expect(at('ECONNREFUSED', 'connect')).toBe(classify(coded('ECONNREFUSED')))
    expect(at('ECONNREFUSED', 'unknown')).toBe(classify(coded('ECONNREFUSED')))
    expect(Object.isFrozen(at('ECONNRESET', 'body'))).toBe(true)
  })

  test('an unknown error in a known phase is one of the transport', () => {
    expect(classify(new Error('odd'), { phase: 'headers' })).toMatchObject({
      code: 'network-unknown',
      category: 'transient',
    })
    expect(classify('odd', { phase: 'unknown' })?.code).toBe('unknown')
  })

  test('an answer has its own phase', () => {
    expect(classify(new Response(null, { status: 503 }), { phase: 'connect' })).toMatchObject({
      phase: 'headers',
      retry: 'if-idempotent',
    })
  })
})
