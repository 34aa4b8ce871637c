import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPolicy } from '../policy.ts'
import { MissingConfigError, RateLimitedError } from '../service-errors/kinds.ts'
import { circuitBreaker } from '../strategies/circuit-breaker.ts'
import { logError } from './log-error.ts'
import { logPolicyEvents } from './log-policy-events.ts'
import { useRequestContext, type RequestContext } from './request-context.ts'
import { serializeError } from './serialize-error.ts'

interface Line {
  readonly level: string
  readonly fields: Record<string, unknown>
  readonly message: string
}

const recorder = (): {
  lines: Line[]
  logger: Record<'debug' | 'info' | 'warn' | 'error' | 'fatal', (fields: object, message: string) => void>
} => {
  const lines: Line[] = []
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, message })
  }
  return {
    lines,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), fatal: at('fatal') },
  }
}

afterEach(() => {
  useRequestContext(undefined)
})

describe('logError', () => {
  it('answers what, where, when, who and how bad', () => {
    const { lines, logger } = recorder()
    const cause = Object.assign(new Error('Request failed with status code 429'), { status: 429 })
    const error = new RateLimitedError({
      upstream: 'etsy',
      operation: 'getListing',
      status: 429,
      retryAfterMs: 500,
      cause,
    })
    const record = logError(logger, error, { requestId: 'r-1', userId: 'u-1', context: { shopId: 7 } })
    expect(lines).toEqual([{ level: 'warn', fields: record, message: record['exception.message'] }])
    expect(record).toMatchObject({
      event: 'error',
      severity: 'expected',
      'error.type': 'rate-limited',
      'error.category': 'transient',
      'error.retryable': true,
      'error.retry_after_ms': 500,
      'service.peer.name': 'etsy',
      'holdfast.operation': 'getListing',
      'http.response.status_code': 429,
      'request.id': 'r-1',
      'user.id': 'u-1',
      'exception.type': 'RateLimitedError',
      context: { shopId: 7 },
      cause: { name: 'Error', status: 429 },
    })
    expect(record.timestamp).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(record['exception.stacktrace']).toContain('log-error.test.ts')
    expect(Object.values(record)).not.toContain(undefined)
  })

  it('chooses the level by how bad it is', () => {
    const { lines, logger } = recorder()
    logError(logger, new MissingConfigError(['KEY']))
    logError(logger, new TypeError('x is not a function'))
    logError(logger, new TypeError('known'), { severity: 'expected' })
    const { fatal: _fatal, ...plain } = logger
    logError(plain, new MissingConfigError(['KEY']))
    expect(lines.map(({ level }) => level)).toEqual(['fatal', 'error', 'warn', 'error'])
  })

  it('finds the request by itself when told to', () => {
    const { lines, logger } = recorder()
    const requests = useRequestContext(new AsyncLocalStorage<RequestContext>())
    requests.run({ requestId: 'r-2', userId: 'u-2' }, () => logError(logger, new Error('x')))
    logError(logger, new Error('x'))
    expect(lines.map(({ fields }) => fields['request.id'])).toEqual(['r-2', undefined])
  })

  it('does not make one failure two', () => {
    const broken = {
      ...recorder().logger,
      error: () => {
        throw new Error('disk full')
      },
    }
    expect(logError(broken, new Error('x'))['error.type']).toBe('unexpected')
  })
})

describe('serializeError', () => {
  it('keeps the chain and bounds it', () => {
    let error = new Error('innermost token=hunter2')
    for (let depth = 0; depth < 10; depth += 1) error = new Error(`level ${depth}`, { cause: error })
    let node: ReturnType<typeof serializeError> | undefined = serializeError(error)
    const messages: string[] = []
    for (; node !== undefined; node = node.cause) messages.push(node.message)
    expect(messages).toEqual(['level 9', 'level 8', 'level 7', 'level 6', 'level 5', 'level 4', '[deeper]'])
  })

  it('ends at a cycle', () => {
    const error = new Error('round')
    error.cause = error
    expect(serializeError(error).cause).toEqual({ name: 'Error', message: '[circular]' })
  })

  it('shows the members of an AggregateError and of a SuppressedError', () => {
    const members = Array.from({ length: 20 }, (_, index) => new Error(`m${index}`))
    expect(serializeError(new AggregateError(members, 'all')).errors).toHaveLength(10)
    const suppressed = Object.assign(new Error('both'), {
      name: 'SuppressedError',
      error: new Error('late'),
      suppressed: new Error('early'),
    })
    expect(serializeError(suppressed)).toMatchObject({ error: { message: 'late' }, suppressed: { message: 'early' } })
  })

  it('names a DOMException, a primitive and a stranger', () => {
    expect(serializeError(new DOMException('slow', 'TimeoutError'))).toMatchObject({
      name: 'TimeoutError',
      message: 'slow',
    })
    expect(serializeError('password=hunter2')).toEqual({ name: 'string', message: 'password=[redacted]' })
    expect(serializeError(Symbol('hunter2'))).toEqual({ name: 'symbol', message: 'symbol' })
    expect(serializeError(undefined)).toEqual({ name: 'undefined', message: 'undefined' })
    expect(serializeError({ message: 'thrown object' })).toMatchObject({ message: 'thrown object' })
  })

  it('calls no getter but the standard ones', () => {
    const called = vi.fn()
    class Odd extends Error {
      get code(): string {
        called()
        return 'X'
      }
    }
    expect(serializeError(new Odd('odd')).code).toBeUndefined()
    expect(called).not.toHaveBeenCalled()
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('trap')
      },
      getOwnPropertyDescriptor() {
        throw new Error('trap')
      },
    })
    expect(serializeError(hostile)).toEqual({ name: 'Error', message: '' })
  })

  it('stays under 16 kB', () => {
    const members = Array.from({ length: 10 }, () => {
      const inner = new Error('y'.repeat(5_000))
      inner.stack = `Error\n${'    at frame (file.js:1:1)\n'.repeat(1_000)}`
      return new Error('z'.repeat(5_000), { cause: inner })
    })
    expect(JSON.stringify(serializeError(new AggregateError(members, 'all'))).length).toBeLessThan(20_000)
  })
})

describe('logPolicyEvents', () => {
  it('writes each change of state once', async () => {
    const { lines, logger } = recorder()
    const policy = createPolicy({ name: 'logged', strategies: [circuitBreaker()] })
    const stop = logPolicyEvents(policy, logger)
    await policy.execute(async () => 1)
    policy.forceOpen('maintenance token=hunter2')
    await policy.execute(async () => 1).catch(() => undefined)
    await policy.execute(async () => 1).catch(() => undefined)
    policy.reset()
    stop()
    policy.forceOpen('again')
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn logged, logged: circuit closed -> forced-open (manual)',
      'info logged, logged: circuit forced-open -> closed (manual)',
    ])
    expect(lines[0]?.fields).toMatchObject({
      type: 'breaker-changed',
      policy: 'logged',
      note: 'maintenance token=[redacted]',
    })
  })

  it('has a line for every kind of change', () => {
    const { lines, logger } = recorder()
    const policy = createPolicy({ name: 'every', strategies: [] })
    logPolicyEvents(policy, logger)
    const { events } = policy
    const key = 'https://api.example'
    events.emit('gate-closed', { key, forMs: 1_500, reason: 'pushback' })
    events.emit('throttle-engaged', { key, probability: 0.25, reason: 'overload' })
    events.emit('throttle-released', { key, probability: 0, reason: 'recovered' })
    events.emit('budget-exhausted', { key, tokens: 1.25, reason: 'spent' })
    events.emit('budget-restored', { key, tokens: 50, reason: 'refilled' })
    events.emit('limit-changed', { key, factor: 0.5, reason: 'throttled-by-server' })
    events.emit('dead-letter-stored', { key, id: 'd-1', upstream: 'etsy', reason: 'retries-exhausted' })
    events.emit('dead-letter-lost', { key, upstream: 'etsy', reason: 'store-failed', detail: 'disk full' })
    events.emit('nested-retry', { key, client: 'axios-retry', reason: 'client-retries' })
    events.emit('listener-failed', { event: 'call-ended', error: new Error('token=hunter2'), reason: 'threw' })
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn every, https://api.example: gate closed for 1.5 s (pushback)',
      'warn every, https://api.example: throttle sheds 25 % of calls',
      'info every, https://api.example: throttle sheds nothing any more',
      'warn every, https://api.example: retry budget exhausted, 1.3 tokens left',
      'info every, https://api.example: retry budget restored, 50.0 tokens',
      'info every, https://api.example: rate limit at 50 % (throttled-by-server)',
      'warn every, https://api.example: kept as dead letter d-1 of etsy (retries-exhausted)',
      'error every, https://api.example: a dead letter of etsy was lost (store-failed): disk full',
      'warn every, https://api.example: axios-retry retries as well (client-retries)',
      'error every: a listener of call-ended threw',
    ])
    expect(lines.at(-1)?.fields['error']).toMatchObject({ message: 'token=[redacted]' })
  })
})
