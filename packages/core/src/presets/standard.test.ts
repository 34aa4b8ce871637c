import { describe, expect, it } from 'vitest'
import { scriptedFetch } from '../testing/scripted-fetch.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { PRESETS, type PresetName } from './presets.ts'
import { standardPolicy, type StandardPolicyOptions } from './standard.ts'

const optionsOf = (
  preset: PresetName,
  more: Partial<StandardPolicyOptions> = {},
): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    standardPolicy({ name: `preset-${preset}`, preset, ...more })
      .describe()
      .map(({ name, options }) => [name, { ...options }]),
  )

// The table of the design: standard, browser, batch, payments.
const TABLE: readonly (readonly [string, (preset: PresetName) => unknown, unknown, unknown, unknown, unknown])[] = [
  ['deadline', (preset) => optionsOf(preset)['deadline']?.['afterMs'], 30_000, 15_000, 600_000, 30_000],
  ['retries', (preset) => optionsOf(preset)['retry']?.['maxRetries'], 2, 2, 5, 2],
  ['backoff base', (preset) => optionsOf(preset)['retry']?.['baseMs'], 100, 300, 200, 200],
  ['backoff cap', (preset) => optionsOf(preset)['retry']?.['maxMs'], 20_000, 10_000, 60_000, 20_000],
  ['retry budget', (preset) => 'retryBudget' in optionsOf(preset), true, true, true, true],
  ['dead rule', (preset) => optionsOf(preset)['circuitBreaker']?.['deadFailures'], 20, 20, 20, 20],
  ['sick rule', (preset) => optionsOf(preset)['circuitBreaker']?.['sickRule'], true, false, true, true],
  ['breaker waits', (preset) => optionsOf(preset)['circuitBreaker']?.['wait'], false, false, true, false],
  ['open time', (preset) => optionsOf(preset)['circuitBreaker']?.['openMs'], 2_000, 5_000, 2_000, 2_000],
  ['longest open time', (preset) => optionsOf(preset)['circuitBreaker']?.['maxOpenMs'], 5_000, 60_000, 5_000, 5_000],
  ['server gate', (preset) => 'serverGate' in optionsOf(preset), true, true, true, true],
  ['gate waits', (preset) => optionsOf(preset)['serverGate']?.['maxWaitMs'] === Infinity, false, false, true, false],
  ['adaptive throttle', (preset) => 'adaptiveThrottle' in optionsOf(preset), true, false, true, false],
  ['rate limit', (preset) => 'rateLimit' in optionsOf(preset), false, false, false, false],
  ['concurrency', (preset) => optionsOf(preset)['concurrency']?.['limit'], undefined, 6, 8, undefined],
  ['attempt timeout', (preset) => optionsOf(preset)['attemptTimeout']?.['afterMs'], 10_000, 10_000, 30_000, 20_000],
  ['idempotency key', (preset) => PRESETS[preset].idempotencyKey, undefined, undefined, undefined, 'auto'],
]

describe('presets', () => {
  it.each(TABLE)('%s', (_what, read, ...values) => {
    expect((['standard', 'browser', 'batch', 'payments'] as const).map((preset) => read(preset))).toEqual(values)
  })

  it('list strategies in the recommended order, those of the provider when given', () => {
    const all = { rateLimit: { permits: 10, perMs: 1_000 }, concurrency: { limit: 5 } }
    expect(Object.keys(optionsOf('standard', all))).toEqual([
      'deadline',
      'retryBudget',
      'retry',
      'circuitBreaker',
      'serverGate',
      'adaptiveThrottle',
      'rateLimit',
      'concurrency',
      'attemptTimeout',
    ])
  })
})

describe('standardPolicy', () => {
  it('lays options over the preset, and leaves out what is false', () => {
    const options = optionsOf('batch', { retry: { maxRetries: 1 }, concurrency: false, circuitBreaker: {} })
    expect(options['retry']).toMatchObject({ maxRetries: 1, baseMs: 200 })
    expect(options['circuitBreaker']).toMatchObject({ wait: true })
    expect(options).not.toHaveProperty('concurrency')
  })

  it('sends an idempotency key with payments, and none where that is switched off', async () => {
    const clock = createTestClock()
    const server = scriptedFetch(clock, [500, 200])
    const pay = wrapFetch(standardPolicy({ name: 'pay', preset: 'payments', clock }), server)
    await clock.run(pay('https://pay.example/charges', { method: 'POST', body: 'amount=5' }))
    const [first, second] = server.attempts.map(({ headers }) => headers.get('idempotency-key'))
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect(second).toBe(first)
    const own = scriptedFetch(clock, [200])
    await wrapFetch(
      standardPolicy({
        name: 'own',
        preset: 'payments',
        idempotencyKey: { key: () => 'mine', header: 'X-Key' },
        clock,
      }),
      own,
    )('https://pay.example/', { method: 'POST' })
    expect(own.attempts[0]?.headers.get('x-key')).toBe('mine')
  })

  it('uses the clock, chance, key and limits it is given', async () => {
    const clock = createTestClock()
    const policy = standardPolicy({ name: 'own', clock, random: () => 0.5, key: () => 'one-key', keys: { maxKeys: 1 } })
    const server = scriptedFetch(clock, [503, 503, 200])
    await clock.run(wrapFetch(policy, server)('https://a.example/'))
    expect(server.attempts.map(({ atMs }) => atMs)).toEqual([0, 50, 150])
    expect(Object.keys(policy.health().keys)).toEqual(['one-key'])
  })

  it.each([
    [undefined, 'standardPolicy: options must be an object'],
    [{}, 'standardPolicy: option "name" must be a string of at least one character'],
    [{ name: 5 }, 'option "name"'],
    [
      { name: 'a', preset: 'server' },
      `option "preset" must be 'standard' or 'browser' or 'batch' or 'payments', but is "server".`,
    ],
    [{ name: 'a', preset: 'constructor' }, 'option "preset"'],
    [{ name: 'a', retries: 3 }, 'standardPolicy: unknown option "retries". Known options: name, key'],
    [{ name: 'a', strategies: [] }, 'unknown option "strategies"'],
    [{ name: 'a', retry: true }, 'option "retry" must be false or an object, but is true.'],
    [{ name: 'a', retry: [] }, 'option "retry" must be false or an object, but is an array.'],
    [
      { name: 'a', retry: { maxRetries: '3' } },
      'retry: option "maxRetries" must be an integer from 0 to 100, but is "3".',
    ],
    [{ name: 'a', deadline: { afterMs: -1 } }, 'deadline: option "afterMs"'],
    [
      { name: 'a', deadline: { afterMs: 5_000 }, attemptTimeout: { afterMs: 6_000 } },
      'option "attemptTimeout.afterMs" must be at most deadline.afterMs (5000)',
    ],
    [JSON.parse('{"name": "a", "retry": {"__proto__": {"maxRetries": 9}}}'), 'retry: unknown option "__proto__"'],
    [JSON.parse('{"name": "a", "__proto__": {"retry": false}}'), 'unknown option "__proto__"'],
  ])('refuses %o', (options, message) => {
    expect(() => standardPolicy(options as never)).toThrow(TypeError)
    expect(() => standardPolicy(options as never)).toThrow(message)
  })
})

it('a deadline shorter than the preset attempt timeout takes it along', () => {
  const timeoutOf = (options: Parameters<typeof standardPolicy>[0]) =>
    standardPolicy(options)
      .describe()
      .find(({ name }) => name === 'attemptTimeout')?.options['afterMs']
  expect(timeoutOf({ name: 'short', deadline: { afterMs: 5_000 } })).toBe(5_000)
  expect(timeoutOf({ name: 'long', deadline: { afterMs: 50_000 } })).toBe(10_000)
  expect(timeoutOf({ name: 'none', deadline: false })).toBe(10_000)
  expect(timeoutOf({ name: 'own', deadline: { afterMs: 5_000 }, attemptTimeout: { afterMs: 900 } })).toBe(900)
})
