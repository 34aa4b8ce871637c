import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { HoldfastError, isHoldfastError, type RejectionCode } from './errors.ts'

const CODES: Readonly<Record<RejectionCode, true>> = {
  'circuit-open': true,
  'gate-closed': true,
  throttled: true,
  'rate-limited': true,
  'quota-exhausted': true,
  'queue-full': true,
  'deadline-exceeded': true,
  'attempt-timeout': true,
  killed: true,
  'invalid-idempotency-key': true,
}
const INIT = { policy: 'etsy', key: 'https://api.example' }

describe('HoldfastError', () => {
  it.each(Object.keys(CODES) as RejectionCode[])('%s says what happened, where, and what to do', (code) => {
    const error = new HoldfastError(code, INIT)
    expect(error.message).toMatch(new RegExp(`^${code}: .+\\. Policy "etsy", key "https://api\\.example"\\. .+[.~-]$`))
    expect(error).toMatchObject({
      name: 'HoldfastError',
      code,
      policy: 'etsy',
      key: 'https://api.example',
      retryAfterMs: undefined,
    })
    expect(error).toBeInstanceOf(Error)
  })

  it('names the detail and the wait where there are any', () => {
    const error = new HoldfastError('circuit-open', { ...INIT, detail: 'probes are under way', retryAfterMs: 1_234.5 })
    expect(error.message).toBe(
      'circuit-open: the circuit is open, nothing was sent (probes are under way). Policy "etsy", key "https://api.example". Retry after 1235 ms. Try again later or use a fallback.',
    )
    expect(error.retryAfterMs).toBe(1_234.5)
  })

  it('keeps the cause, and has none when there is none', () => {
    const cause = new Error('socket hang up')
    expect(new HoldfastError('attempt-timeout', { ...INIT, cause }).cause).toBe(cause)
    expect('cause' in new HoldfastError('attempt-timeout', INIT)).toBe(false)
  })

  it('keeps its report out of logs that print own properties', () => {
    const report = {
      policy: 'etsy',
      key: 'k',
      method: 'GET',
      attempts: [],
      stoppedBy: undefined,
      durationMs: 1,
      idempotencyKey: 'secret-key',
      steps: [],
      explain: () => '',
    }
    const error = new HoldfastError('throttled', { ...INIT, report })
    expect(error.report).toBe(report)
    expect(inspect(error)).not.toContain('secret-key')
    expect(JSON.stringify(error)).not.toContain('secret-key')
  })
})

describe('isHoldfastError', () => {
  it('knows ours, also of another copy of this package', () => {
    expect(isHoldfastError(new HoldfastError('killed', INIT))).toBe(true)
    expect(isHoldfastError(Object.assign(new Error('x'), { [Symbol.for('holdfast.error')]: true }))).toBe(true)
  })

  it.each([
    new Error('x'),
    { code: 'circuit-open', name: 'HoldfastError' },
    null,
    undefined,
    'circuit-open',
    { [Symbol.for('holdfast.error')]: 1 },
  ])('refuses %o', (value) => {
    expect(isHoldfastError(value)).toBe(false)
  })
})
