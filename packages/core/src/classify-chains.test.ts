import fc from 'fast-check'
import { aborted } from '../test/aborted-signal.ts'
import { describe, expect, test } from 'vitest'
import { classify, classifyFunctionError } from './classify.ts'

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code }, more)

describe('several causes', () => {
  const happyEyeballs = (...codes: string[]) =>
    Object.assign(new AggregateError(codes.map((code) => coded(code, { syscall: 'connect' }))), { code: codes[0] })

  test('all members agree', () => {
    expect(
      classify(new TypeError('fetch failed', { cause: happyEyeballs('ECONNREFUSED', 'ECONNREFUSED') })),
    ).toMatchObject({ code: 'connection-refused', retry: 'always' })
    expect(classify(happyEyeballs('ENETUNREACH', 'ETIMEDOUT'))).toMatchObject({ sent: 'no', retry: 'always' })
  })

  test('else the least certain speaks, in any order', () => {
    const members = [coded('ECONNREFUSED', { syscall: 'connect' }), coded('ECONNRESET', { syscall: 'read' })]
    for (const errors of [members, members.toReversed()]) {
      expect(classify(new AggregateError(errors))).toMatchObject({
        code: 'connection-reset',
        sent: 'maybe',
        retry: 'if-idempotent',
      })
    }
    expect(classify(new AggregateError([coded('ECONNREFUSED'), new Error('bug')]))?.code).toBe('unknown')
    expect(classify(new AggregateError([coded('ECONNREFUSED'), coded('CERT_HAS_EXPIRED')]))?.retry).toBe('never')
    expect(classify(new AggregateError([coded('ECONNREFUSED'), undefined]))?.code).toBe('unknown')
  })

  test('no members: its own code', () => {
    expect(classify(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))?.code).toBe('connection-refused')
  })

  test('answers among the members', () => {
    const error = Object.assign(new Error('x'), { response: { status: 503, headers: {} } })
    expect(classify(new AggregateError([error, error]))?.code).toBe('http-503')
  })
})

describe('chains', () => {
  const nested = (depth: number, innermost: unknown): unknown =>
    depth === 0 ? innermost : new Error('wrapper', { cause: nested(depth - 1, innermost) })

  test('five links deep, and no further', () => {
    expect(classify(nested(4, coded('ECONNREFUSED')))?.code).toBe('connection-refused')
    expect(classify(nested(5, coded('ECONNREFUSED')))?.code).toBe('unknown')
  })

  test('a cycle ends', () => {
    const first: Error & { cause?: unknown } = new Error('a')
    const second = new Error('b', { cause: first })
    first.cause = second
    expect(classify(first)?.code).toBe('unknown')
    const many = new AggregateError([])
    many.errors.push(many, many, many)
    expect(classify(many)?.code).toBe('unknown')
  })

  test('a huge AggregateError of AggregateErrors takes no time', () => {
    let error: unknown = coded('ECONNREFUSED')
    for (let depth = 0; depth < 20; depth += 1) error = new AggregateError(Array.from({ length: 1_000 }, () => error))
    const started = performance.now()
    classify(error)
    expect(performance.now() - started).toBeLessThan(50)
  })
})

test.each([
  undefined,
  null,
  0,
  NaN,
  true,
  '',
  'oops',
  5n,
  Symbol('x'),
  () => 1,
  [],
  {},
  new Date(),
  Object.create(null),
])('%o is unknown', (subject) => {
  expect(classify(subject)).toMatchObject({
    code: 'unknown',
    category: 'permanent',
    retry: 'never',
    breaker: 'ignore',
    source: 'local',
  })
})

test('a plain function: what is no bug is a failure of what it calls', () => {
  expect(classifyFunctionError(new Error('SQLITE_BUSY'), undefined)).toMatchObject({
    code: 'network-unknown',
    breaker: 'failure',
  })
  expect(classifyFunctionError(undefined, undefined).code).toBe('network-unknown')
  expect(classifyFunctionError(new RangeError('bug'), undefined).code).toBe('unknown')
  expect(classifyFunctionError(coded('ECONNREFUSED'), undefined).code).toBe('connection-refused')
  expect(classifyFunctionError({ status: 200 }, undefined).code).toBe('network-unknown')
  const signal = aborted('stop')
  expect(classifyFunctionError('stop', signal).code).toBe('caller-aborted')
})

describe('hostile objects', () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  const allTraps = new Proxy({}, Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, boom])))
  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()
  const endless: object = new Proxy(() => 1, { get: () => endless, apply: () => endless })
  const names = [
    'name',
    'message',
    'code',
    'syscall',
    'cause',
    'errors',
    'response',
    'status',
    'statusCode',
    'headers',
    'data',
    'type',
    'socket',
    'isAxiosError',
    'stack',
    'aborted',
    'reason',
  ]
  const oddities: readonly unknown[] = [
    allTraps,
    revoked,
    endless,
    null,
    undefined,
    200,
    503,
    'ECONNREFUSED',
    'AbortError',
    Symbol('x'),
    [allTraps, revoked],
    { toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom },
  ]
  // fast-check looks at the values it makes, which these do not bear: it makes recipes.
  type Recipe = () => unknown
  const leaf = fc.oneof(
    fc.nat({ max: oddities.length - 1 }).map(
      (index): Recipe =>
        () =>
          oddities[index],
    ),
    fc.anything().map(
      (value): Recipe =>
        () =>
          value,
    ),
  )
  const { node } = fc.letrec<{ node: Recipe }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      leaf,
      fc
        .array(
          fc.tuple(
            fc.constantFrom(...names),
            fc.oneof(leaf, tie('node')),
            fc.constantFrom('value', 'getter', 'thrower'),
          ),
          { maxLength: 6 },
        )
        .map((fields): Recipe => () => {
          const made: object = Object.create(null) as object
          for (const [name, recipe, kind] of fields) {
            const value = recipe()
            Object.defineProperty(made, name, {
              configurable: true,
              ...(kind === 'value' ? { value } : { get: kind === 'getter' ? () => value : boom }),
            })
          }
          return made
        }),
    ),
  }))

  test('never throw, and give a whole classification or none', () => {
    fc.assert(
      fc.property(node, node, (subject, signal) => {
        const found = classify(subject(), { signal: signal() as AbortSignal })
        if (found === undefined) return
        expect(found.code).toBeTypeOf('string')
        expect(['never', 'if-idempotent', 'always']).toContain(found.retry)
        expect(Object.isFrozen(found)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['throwing traps', allTraps],
    ['a revoked proxy', revoked],
    ['an endless object', endless],
    ['a list of them', { errors: revoked }],
    ['one inside', { cause: allTraps }],
  ])('%s', (_, subject) => {
    expect(classify(subject)?.code).toBe('unknown')
  })

  test("the caller's reason may be one, and still wins", () => {
    for (const reason of [allTraps, revoked, endless]) {
      expect(classify(reason, { signal: aborted(reason) })?.code).toBe('caller-aborted')
    }
  })

  test('a throwing getter hides itself only', () => {
    expect(classify(Object.defineProperty(coded('ECONNREFUSED'), 'response', { get: boom }))?.code).toBe(
      'connection-refused',
    )
    expect(classify({ status: 503, headers: allTraps })?.code).toBe('http-503')
  })
})
