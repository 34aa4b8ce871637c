import { describe, expect, test } from 'vitest'
import { aborted } from '../test/aborted-signal.ts'
import { classify } from './classify.ts'

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code }, more)

describe('the caller', () => {
  const reason = new Error('user left')
  test.each([
    ['the reason itself', reason],
    ['an AbortError', new DOMException('x', 'AbortError')],
    ['axios', coded('ERR_CANCELED', { name: 'CanceledError' })],
    ['undici', coded('UND_ERR_ABORTED')],
    ['node', coded('ABORT_ERR')],
    ['a wrapped reason', new Error('fetch failed', { cause: reason })],
    ['a wrapped AbortError', new Error('x', { cause: new DOMException('x', 'AbortError') })],
    ['an abort that hides a reset', coded('ECONNRESET', { cause: new DOMException('x', 'AbortError') })],
  ])('%s', (_, error) => {
    expect(classify(error, { signal: aborted(reason) })).toMatchObject({
      category: 'fatal',
      code: 'caller-aborted',
      source: 'caller',
      retry: 'never',
      breaker: 'ignore',
      sent: 'maybe',
    })
  })

  test.each([
    ['a string', 'why'],
    ['null', null],
    ['a number', 0],
    ['an answer', { status: 503 }],
    ['a success', { status: 200 }],
    ['our error', Object.assign(new Error('x'), { [Symbol.for('holdfast.error')]: true, code: 'circuit-open' })],
  ])('the reason may be %s', (_, value) => {
    expect(classify(value, { signal: aborted(value) })?.code).toBe('caller-aborted')
  })

  test('a reason of undefined, as polyfills have it', () => {
    expect(classify(undefined, { signal: { aborted: true, reason: undefined } as AbortSignal })?.code).toBe(
      'caller-aborted',
    )
  })

  test('a timeout of the caller is told apart, also where axios hides it', () => {
    const signal = aborted(new DOMException('x', 'TimeoutError'))
    expect(classify(signal.reason, { signal })).toMatchObject({
      code: 'caller-timeout',
      category: 'fatal',
      breaker: 'ignore',
    })
    expect(classify(coded('ERR_CANCELED'), { signal })?.code).toBe('caller-timeout')
  })

  test('an aborted signal does not excuse other failures', () => {
    expect(classify(coded('ECONNREFUSED'), { signal: aborted(reason) })?.code).toBe('connection-refused')
    expect(classify(new Response(null, { status: 503 }), { signal: aborted(reason) })?.code).toBe('http-503')
    expect(classify(new DOMException('x', 'TimeoutError'), { signal: aborted(reason) })?.code).toBe('client-timeout')
  })

  test("a live signal: an abort is still nobody's failure, a timeout is one", () => {
    const { signal } = new AbortController()
    expect(classify(new DOMException('x', 'AbortError'), { signal })).toMatchObject({
      code: 'caller-aborted',
      breaker: 'ignore',
      retry: 'never',
    })
    expect(classify(new DOMException('x', 'TimeoutError'), { signal })).toMatchObject({
      code: 'client-timeout',
      breaker: 'failure',
    })
  })

  test('the phase tells how far the request came', () => {
    expect(classify(reason, { signal: aborted(reason), phase: 'connect' })).toMatchObject({
      code: 'caller-aborted',
      category: 'fatal',
      sent: 'no',
      retry: 'never',
    })
    expect(classify(reason, { signal: aborted(reason), phase: 'body' })).toMatchObject({
      sent: 'yes',
      category: 'fatal',
    })
  })
})

describe('Holdfast itself', () => {
  const branded = (code: string, cause?: unknown) =>
    Object.assign(new Error('x', { cause }), { [Symbol.for('holdfast.error')]: true, code })

  test.each([
    'circuit-open',
    'gate-closed',
    'throttled',
    'rate-limited',
    'quota-exhausted',
    'queue-full',
    'killed',
    'invalid-idempotency-key',
  ])('%s is a local rejection', (code) => {
    expect(classify(branded(code))).toMatchObject({
      category: 'fatal',
      code,
      source: 'local',
      retry: 'never',
      breaker: 'ignore',
      sent: 'no',
      overload: false,
    })
    expect(classify(branded(code))).toBe(classify(branded(code)))
  })

  test('a deadline may have passed after sending', () => {
    expect(classify(branded('deadline-exceeded', coded('ECONNREFUSED')))).toMatchObject({
      code: 'deadline-exceeded',
      category: 'fatal',
      sent: 'maybe',
    })
  })

  test("the attempt timeout is a failure of the other side, also as the cause of the client's own timeout", () => {
    const line = {
      category: 'transient',
      code: 'attempt-timeout',
      retry: 'if-idempotent',
      breaker: 'failure',
      overload: true,
      sent: 'maybe',
    }
    expect(classify(branded('attempt-timeout'))).toMatchObject(line)
    expect(classify(coded('ETIMEDOUT', { isAxiosError: true, cause: branded('attempt-timeout') }))).toMatchObject(line)
    expect(classify(branded('attempt-timeout'), { phase: 'connect' })).toMatchObject({
      sent: 'no',
      retry: 'always',
      category: 'transient',
    })
    expect(classify(branded('attempt-timeout'), { phase: 'body' })).toMatchObject({
      sent: 'yes',
      retry: 'if-idempotent',
      category: 'partial',
      overload: false,
    })
  })

  test('codes of other copies are kept, however many', () => {
    for (let index = 0; index < 2_000; index += 1) expect(classify(branded(`new-${index}`))?.code).toBe(`new-${index}`)
  })
})
