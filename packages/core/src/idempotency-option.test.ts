import { describe, expect, it, vi } from 'vitest'
import { createEngine, type Engine } from '../test/engine.ts'
import { resetError } from '../test/scripted-transport.ts'
import { parseIdempotencyOption, resolveIdempotencyKey } from './idempotency-option.ts'
import type { PolicyDefinition } from './policy-definition.ts'
import { retry } from './strategies/retry.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const engineOf = (idempotencyKey?: PolicyDefinition['idempotencyKey']): Engine =>
  createEngine([retry()], [resetError(), 200], idempotencyKey === undefined ? {} : { idempotencyKey })
const keysSent = (engine: Engine): (string | undefined)[] =>
  engine.transport.sent.map(({ attempt }) => attempt.idempotencyKey)
const headerOf = (engine: Engine): unknown => engine.transport.sent[0]?.attempt.call.idempotencyKey?.header

describe('a policy with an idempotency key', () => {
  it('makes one up for POST and PATCH and sends the same with every attempt', async () => {
    for (const method of ['POST', 'patch']) {
      const engine = engineOf('auto')
      expect(await engine.outcome({ method })).toMatchObject({ status: 200 })
      const [first, second] = keysSent(engine)
      expect(first).toMatch(UUID)
      expect(second).toBe(first)
      expect(headerOf(engine)).toEqual(['Idempotency-Key', first])
    }
  })

  it('makes up another for another call', async () => {
    const engine = engineOf('auto')
    await engine.outcome({ method: 'POST' })
    await engine.outcome({ method: 'POST' })
    expect(new Set(keysSent(engine)).size).toBe(2)
  })

  it('leaves other methods alone', async () => {
    const engine = engineOf('auto')
    await engine.outcome({ method: 'PUT' })
    expect(keysSent(engine)).toEqual([undefined, undefined])
  })

  it('asks a function once per call, with the request', async () => {
    const make = vi.fn(() => 'order:7')
    const engine = engineOf(make)
    await engine.outcome({ method: 'POST' })
    expect(make).toHaveBeenCalledExactlyOnceWith({ method: 'POST', url: 'https://api.example/items' })
    expect(keysSent(engine)).toEqual(['order:7', 'order:7'])
  })

  it('follows its methods, header and form', async () => {
    const engine = engineOf({ key: () => 'order-7', methods: ['put'], header: 'X-Request-Key', form: 'quoted' })
    await engine.outcome({ method: 'PUT' })
    expect(headerOf(engine)).toEqual(['X-Request-Key', '"order-7"'])
    const post = engineOf({ key: 'auto', methods: ['PUT'] })
    await post.outcome({ method: 'POST' })
    expect(keysSent(post)).toEqual([undefined])
  })

  it('refuses a key that could not be sent as it is, and sends nothing', async () => {
    for (const key of ['', 'a b', 'ü', 'a'.repeat(129), 'a\r\nX: 1', 7]) {
      const engine = engineOf(() => key as string)
      expect(await engine.outcome({ method: 'POST' })).toMatchObject({
        code: 'invalid-idempotency-key',
        key: 'https://api.example',
      })
      expect(engine.sentAtMs).toEqual([])
    }
  })

  it('hands over what the key function throws', async () => {
    const broken = new Error('no session')
    const engine = engineOf(() => {
      throw broken
    })
    expect(await engine.outcome({ method: 'POST' })).toBe(broken)
  })
})

describe('resolveIdempotencyKey', () => {
  const rule = parseIdempotencyOption('etsy', () => 'from-policy')
  const request = { method: 'POST', url: 'https://api.example/' }
  const tokenOf = (given: Parameters<typeof resolveIdempotencyKey>[1], header?: string): unknown => {
    const key = resolveIdempotencyKey(rule, given, header, request)
    return typeof key === 'object' ? [key.token, key.header?.[1]] : key
  }

  it('puts the call over the caller’s header, and that over the policy', () => {
    expect(tokenOf(undefined)).toEqual(['from-policy', 'from-policy'])
    expect(tokenOf(undefined, 'own')).toEqual(['own', undefined])
    expect(tokenOf('from-call', 'own')).toEqual(['from-call', 'from-call'])
    expect(tokenOf(() => 'made', 'own')).toEqual(['made', 'made'])
    expect(tokenOf(false, 'own')).toBeUndefined()
    expect(tokenOf('')).toBe('invalid')
    expect(tokenOf(() => 'not valid')).toBe('invalid')
  })

  it('makes one up for `auto`', () => {
    expect((tokenOf('auto') as string[])[0]).toMatch(UUID)
  })

  it('gives none where neither policy nor call ask for one', () => {
    expect(
      resolveIdempotencyKey(parseIdempotencyOption('etsy', undefined), undefined, undefined, request),
    ).toBeUndefined()
  })
})

describe('options of idempotencyKey', () => {
  it.each([
    [
      'order-7',
      'policy "etsy": option "idempotencyKey" must be \'auto\', a function or an object; a fixed key belongs to one call',
    ],
    [5, '"idempotencyKey"'],
    [true, '"idempotencyKey"'],
    [null, 'policy "etsy": idempotencyKey: options must be an object, but are null.'],
    [{ key: 'fixed' }, 'option "key" must be \'auto\' or a function'],
    [{ key: 'auto', methods: 'POST' }, 'option "methods" must be an array of methods'],
    [{ key: 'auto', methods: [5] }, 'option "methods"'],
    [{ key: 'auto', header: '' }, 'option "header"'],
    [{ key: 'auto', form: 'bare' }, "option \"form\" must be 'raw' or 'quoted'"],
    [{ key: 'auto', prefix: 'x' }, 'unknown option "prefix"'],
    [{ methods: ['POST'] }, 'option "key" must be'],
    [JSON.parse('{"__proto__": {"key": "auto"}}'), 'unknown option "__proto__"'],
  ])('refuses %o when the policy is made', (option, message) => {
    expect(() => parseIdempotencyOption('etsy', option as never)).toThrow(TypeError)
    expect(() => parseIdempotencyOption('etsy', option as never)).toThrow(message)
    expect(() => engineOf(option as never)).toThrow(TypeError)
  })
})
