import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProviderError } from './provider-errors.ts'

describe('readProviderError', () => {
  it.each<[string, unknown, object]>([
    [
      'problem+json',
      { type: 'https://x.example/probs/out-of-credit', title: 'No credit', detail: 'Balance is 30', status: 403 },
      { code: 'out-of-credit', message: 'Balance is 30' },
    ],
    [
      'an OAuth pair',
      { error: 'invalid_grant', error_description: 'expired' },
      { code: 'invalid_grant', message: 'expired' },
    ],
    ['an OAuth code alone', { error: 'access_denied' }, { code: 'access_denied' }],
    ['words alone', { error: 'Shop is on vacation' }, { message: 'Shop is on vacation' }],
    [
      'a nested object',
      { error: { status: 404, message: 'No such artist' } },
      { code: '404', message: 'No such artist' },
    ],
    ['a bare list', [{ path: 'title', message: 'too long' }], { issues: [{ path: ['title'], message: 'too long' }] }],
    [
      'FastAPI',
      { detail: [{ loc: ['body', 0, 'price'], msg: 'x', message: 'missing' }] },
      { issues: [{ path: ['body', 0, 'price'] }] },
    ],
    ['Standard Schema', { issues: [{ message: 'bad', path: [{ key: 'a' }, 0] }] }, { issues: [{ path: ['a', 0] }] }],
    ['JSON as text', '{"code":"E1","message":"no"}', { code: 'E1', message: 'no' }],
    ['text', ' Too many requests \n', { message: 'Too many requests' }],
    ['HTML', '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>', { message: '502 Bad Gateway' }],
    ['a list of words', ['first', 'second'], { issues: [{ path: [], message: 'first' }, { message: 'second' }] }],
    ['broken JSON', '{"code":', { message: '{"code":' }],
  ])('reads %s', (_name, body, expected) => {
    expect(readProviderError(body)).toMatchObject(expected)
  })

  it.each([undefined, null, '', 7, {}, []])('finds nothing in %j', (body) => {
    expect(readProviderError(body)).toEqual({})
  })

  it('asks the own parsers first and outlives one that throws', () => {
    const bad = (): never => {
      throw new Error('bug')
    }
    const mine = (body: unknown): { code: string } | undefined => (body === 'mine' ? { code: 'M' } : undefined)
    expect(readProviderError('mine', [bad, mine])).toEqual({ code: 'M' })
    expect(readProviderError('other', [bad, mine])).toEqual({ message: 'other' })
  })

  it('bounds what it takes over', () => {
    const issues = Array.from({ length: 1_000 }, () => ({ message: 'x'.repeat(5_000) }))
    const found = readProviderError({ issues })
    expect(found.issues).toHaveLength(100)
    expect(found.issues?.[0]?.message).toHaveLength(200)
  })

  it('never throws, whatever came', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true }), (body) => {
        expect(readProviderError(body)).toBeTypeOf('object')
      }),
      { numRuns: 300 },
    )
  })
})
