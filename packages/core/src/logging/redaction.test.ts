import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactData } from './redact-data.ts'
import { redactHeaders } from './redact-headers.ts'
import { redactUrl } from './redact-url.ts'
import { scrubText } from './scrub-text.ts'

describe('redactUrl', () => {
  it.each([
    [
      'https://user:p%40ss@api.example:8443/a/b?limit=2&api_key=K#frag',
      'https://api.example:8443/a/b?limit=2&api_key=[redacted]',
    ],
    ['https://u:p@ss@host/x', 'https://host/x'],
    ['//u:p@host/x', '//host/x'],
    ['/v1/items?token=T&offset=5', '/v1/items?token=[redacted]&offset=5'],
    ['https://h/x?Bearer', 'https://h/x?[redacted]'],
    ['https://h/reset/abcDEF0123456789abcDEF0123456789', 'https://h/reset/[redacted]'],
    ['https://h/v3/application/shops/12345678/listings', 'https://h/v3/application/shops/12345678/listings'],
    ['postgres://app:secret@db.internal/shop', 'postgres://db.internal/shop'],
    ['no url at all', 'no url at all'],
    ['', ''],
  ])('%s', (url, expected) => {
    expect(redactUrl(url)).toBe(expected)
  })

  it('shows further parameters on demand', () => {
    expect(redactUrl('https://h/?shop=1&key=2', ['shop'])).toBe('https://h/?shop=1&key=[redacted]')
  })
})

describe('redactHeaders', () => {
  it('keeps the harmless alone, in any container and case', () => {
    const given = {
      Authorization: 'Bearer S',
      COOKIE: 'S',
      'X-Api-Key': 'S',
      'Content-Type': 'text/html',
      'X-RateLimit-Remaining': 7,
      'RateLimit-Policy': 'x',
    }
    const kept = { 'content-type': 'text/html', 'x-ratelimit-remaining': '7', 'ratelimit-policy': 'x' }
    expect(redactHeaders(given)).toEqual(kept)
    expect(redactHeaders(new Headers(Object.entries(given).map(([name, value]) => [name, String(value)])))).toEqual(
      kept,
    )
    expect(redactHeaders(new Map(Object.entries(given)))).toEqual(kept)
    expect(redactHeaders(undefined)).toEqual({})
    expect(redactHeaders(['odd'])).toEqual({})
  })
})

describe('scrubText', () => {
  it.each([
    ['Authorization: Bearer abc.def-123', 'S'],
    ['authorization=Basic dXNlcjpwYXNz!', 'dXNlcjpwYXNz'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig_nature', 'eyJ'],
    ['password=hunter2; next', 'hunter2'],
    ['{"api_key":"hunter2"}', 'hunter2'],
    ["client_secret: 'hunter2'", 'hunter2'],
    ['GET https://u:hunter2@h/p?code=hunter2&x=hunter2', 'hunter2'],
    ['redis://:hunter2@cache:6379 refused', 'hunter2'],
    ['key sk_live_hunter2hunter2', 'sk_live_h'],
    ['ghp_hunter2hunter2hunter2', 'ghp_'],
    ['Set-Cookie: sid=hunter2', 'hunter2'],
    ['MY_SESSION_TOKEN=hunter2', 'hunter2'],
  ])('%s', (given, secret) => {
    const scrubbed = scrubText(given)
    expect(scrubbed).not.toBe(given)
    expect(scrubbed.replaceAll('[redacted]', '')).not.toContain(secret === 'S' ? 'abc.def' : secret)
  })

  it.each([
    'connect ECONNREFUSED 127.0.0.1:443',
    'Request failed with status code 401',
    'tokens left: 7 of 100',
    'etsy getListing did not answer in time',
  ])('leaves %s', (text) => {
    expect(scrubText(text)).toBe(text)
  })

  it('takes no longer for hostile texts', () => {
    for (const unit of ['token', 'token=', 'a', 'Bearer ', 'https://', 'eyJa.', '=', ' ', 'auth auth']) {
      const startedMs = performance.now()
      expect(scrubText(unit.repeat(50_000)).length).toBeLessThan(20_000)
      expect(performance.now() - startedMs).toBeLessThan(200)
    }
  })
})

describe('redactData', () => {
  it('hides by name and by look, and bounds the rest', () => {
    class Foreign {
      secret = 'hunter2'
    }
    const data = {
      shopId: 7,
      Password: 'hunter2',
      nested: { apiKey: 'hunter2', note: 'token=hunter2', when: new Date(0), bad: new Date(NaN) },
      list: Array.from({ length: 100 }, (_, index) => index),
      foreign: new Foreign(),
      big: 10n,
      run: () => 'hunter2',
      mark: Symbol('hunter2'),
      deep: { a: { b: { c: { d: { e: 'hunter2' } } } } },
      tokenCount: 5,
      none: null,
      get computed(): string {
        throw new Error('called')
      },
    }
    const kept = redactData(data)
    expect(JSON.stringify(kept)).not.toContain('hunter2')
    expect(kept).toMatchObject({
      shopId: 7,
      tokenCount: 5,
      none: null,
      big: '10',
      foreign: '[Foreign]',
      Password: '[redacted]',
    })
    expect(kept['list']).toHaveLength(20)
    expect(kept['nested']).toMatchObject({ when: '1970-01-01T00:00:00.000Z', bad: 'invalid date' })
    expect('computed' in kept).toBe(false)
  })

  it('survives any data and pollutes nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (data) => {
        expect(redactData(data)).toBeTypeOf('object')
      }),
      { numRuns: 200 },
    )
    redactData(JSON.parse('{"__proto__":{"polluted":1}}') as Record<string, unknown>)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
