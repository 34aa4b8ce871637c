import { describe, expect, test } from 'vitest'
import type { Classification } from './classification.ts'
import { classify } from './classify.ts'
import { patchClassification } from './patch-classification.ts'

const coded = (code: string): Error => Object.assign(new Error('failed'), { code })

describe('patches', () => {
  const over = (subject: unknown, patch: unknown) =>
    patchClassification(classify(subject), patch as Partial<Classification>)

  test('patch single fields', () => {
    const patched = over(coded('ECONNRESET'), {
      overload: false,
      breaker: 'ignore',
      minDelayMs: 50,
      maxRetries: 3,
      code: 'mine',
      sent: 'no',
      phase: 'connect',
      source: 'proxy',
      retry: 'always',
      category: undefined,
    })
    expect(patched).toEqual({
      category: 'transient',
      overload: false,
      breaker: 'ignore',
      minDelayMs: 50,
      maxRetries: 3,
      code: 'mine',
      sent: 'no',
      phase: 'connect',
      source: 'proxy',
      retry: 'always',
    })
    expect(Object.isFrozen(patched)).toBe(true)
    expect(classify(coded('ECONNRESET'))?.breaker).toBe('failure')
  })

  test('a new category takes its retry along', () => {
    const notFound = new Response(null, { status: 404 })
    expect(over(notFound, { category: 'transient' })).toMatchObject({
      category: 'transient',
      retry: 'if-idempotent',
      code: 'http-404',
      breaker: 'success',
    })
    expect(over(notFound, { category: 'transient', retry: 'never' })?.retry).toBe('never')
    expect(over(coded('ECONNREFUSED'), { category: 'partial' })?.retry).toBe('always')
    expect(over(coded('ECONNREFUSED'), { category: 'permanent' })?.retry).toBe('never')
  })

  test('turn a success into a failure', () => {
    const ok = new Response('{"error":"busy"}')
    expect(over(ok, { category: 'transient', breaker: 'failure' })).toMatchObject({
      code: 'custom',
      category: 'transient',
      retry: 'if-idempotent',
      breaker: 'failure',
      sent: 'yes',
    })
    expect(over(ok, undefined)).toBeUndefined()
  })

  test.each([
    [{ category: 'temporary' }, 'category', "'transient' or 'permanent' or 'partial' or 'fatal'"],
    [{ code: '' }, 'code', 'a string'],
    [{ sent: true }, 'sent', "'no'"],
    [{ phase: 'tls' }, 'phase', "'connect'"],
    [{ source: 'me' }, 'source', "'origin'"],
    [{ overload: 1 }, 'overload', 'true or false'],
    [{ retry: true }, 'retry', "'never'"],
    [{ maxRetries: -1 }, 'maxRetries', 'an integer from 0'],
    [{ maxRetries: NaN }, 'maxRetries', 'an integer from 0'],
    [{ minDelayMs: Infinity }, 'minDelayMs', 'an integer from 0'],
    [{ breaker: 'open' }, 'breaker', "'failure'"],
    [{ class: 'transient' }, 'class', 'Known options: category'],
    [JSON.parse('{"__proto__":{}}'), '__proto__', 'unknown option'],
    [{ constructor: 1 }, 'constructor', 'unknown option'],
    ['transient', 'classify override', 'must be an object'],
    [null, 'classify override', 'must be an object'],
  ])('%j is refused by name', (patch, name, allowed) => {
    const attempt = () => over(coded('ECONNRESET'), patch)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(name)
    expect(attempt).toThrow(allowed)
  })
})
