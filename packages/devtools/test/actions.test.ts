import type { Policy } from '@holdfast/core'
import { memorySwitches } from '@holdfast/core/degradation'
import { createTestClock } from '@holdfast/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Devtools, DevtoolsAction } from '../src/index.ts'
import { ask, framesOf, somePolicy, someTools } from './support.ts'

const TOKEN = 'a-token-of-some-length'
const ORIGIN = 'http://localhost:4680'

let policy: Policy
let tools: Devtools
let told: DevtoolsAction[]
const clock = createTestClock()
const switches = memorySwitches()

const order = async (
  fields: object | string,
  {
    token = TOKEN,
    origin = ORIGIN,
    headers = {},
    to = tools,
  }: { token?: string | null; origin?: string | null; headers?: object; to?: Devtools } = {},
): Promise<readonly [status: number, error: unknown]> => {
  const given = new Headers({ 'content-type': 'application/json', ...headers })
  if (token !== null) given.set('x-holdfast-token', token)
  if (origin !== null) given.set('origin', origin)
  const body = typeof fields === 'string' ? fields : JSON.stringify(fields)
  const response = await ask(to, '/devtools/actions', { method: 'POST', headers: given, body })
  return [response.status, ((await response.json()) as { error?: unknown }).error]
}
const stateOf = (key: string): unknown => policy.health().keys[key]?.['circuitBreaker']?.['state']
const forceOpen = (): object => ({ action: 'force-open', policy: policy.name, reason: 'maintenance' })

beforeEach(async () => {
  policy = somePolicy()
  told = []
  tools = someTools({
    policies: [policy],
    allowActions: true,
    token: TOKEN,
    killSwitches: switches,
    clock,
    onAction: (action) => {
      told.push(action)
      throw new Error('an audit log that fails')
    },
  })
  await policy.execute(() => 1)
  await policy.execute(() => 1, { key: 'https://other.example' })
})

afterEach(() => {
  tools.close()
  policy.close()
})

describe('what is refused', () => {
  afterEach(() => {
    expect(stateOf(policy.name)).toBe('closed')
    expect(told).toEqual([])
  })

  test('everything, unless actions are allowed', async () => {
    const looking = someTools({ policies: [policy], token: TOKEN })
    expect(await order(forceOpen(), { to: looking })).toEqual([403, 'no-actions'])
    looking.close()
  })

  test('an order without the token or with a wrong one', async () => {
    expect(await order(forceOpen(), { token: null })).toEqual([401, 'no-token'])
    expect(await order(forceOpen(), { token: `${TOKEN}x` })).toEqual([401, 'wrong-token'])
    expect(await order(forceOpen(), { token: '' })).toEqual([401, 'wrong-token'])
  })

  test.each([null, 'null', 'http://evil.example', 'http://localhost:4681', 'http://127.0.0.1:4680', 'not a url'])(
    'an order from the origin %s',
    async (origin) => {
      expect(await order(forceOpen(), { origin })).toEqual([403, 'other-origin'])
    },
  )

  test('an order that the browser says came from elsewhere', async () => {
    expect(await order(forceOpen(), { headers: { 'sec-fetch-site': 'same-site' } })).toEqual([403, 'other-origin'])
  })

  test('a form, which other sites can send without asking', async () => {
    expect(await order(forceOpen(), { headers: { 'content-type': 'text/plain' } })).toEqual([415, 'not-json'])
  })

  test('what is no order', async () => {
    expect(await order('{')).toEqual([400, 'bad-action'])
    expect(await order('null')).toEqual([400, 'bad-action'])
    expect(await order({ action: 'explode' })).toEqual([400, 'bad-action'])
    expect(await order({ ...forceOpen(), reason: ' ' })).toEqual([400, 'bad-action'])
    expect(await order({ ...forceOpen(), reason: 'x'.repeat(201) })).toEqual([400, 'bad-action'])
    expect(await order({ ...forceOpen(), policy: 'unknown' })).toEqual([404, 'no-policy'])
    expect(await order({ ...forceOpen(), key: 'k999' })).toEqual([404, 'no-key'])
    expect(await order({ ...forceOpen(), reason: 'x'.repeat(5_000) })).toEqual([413, 'too-large'])
  })

  test('a guesser, until a minute has passed', async () => {
    for (let guess = 0; guess < 10; guess += 1) await order(forceOpen(), { token: `guess number ${guess}` })
    expect(await order(forceOpen())).toEqual([429, 'too-many-tokens'])
    await clock.advance(60_000)
    expect(await order({ ...forceOpen(), policy: 'unknown' })).toEqual([404, 'no-policy'])
  })
})

describe('what is carried out', () => {
  test('a breaker is forced open for one key and reset', async () => {
    const stream = framesOf(await ask(tools, '/devtools/events'))
    const full = await stream.next()
    const key = full.keys?.find(({ label }) => label === 'https://other.example')
    expect(key?.breaker?.state).toBe('closed')
    expect(await order({ ...forceOpen(), key: key?.id })).toEqual([200, undefined])
    expect(stateOf('https://other.example')).toBe('forced-open')
    expect(stateOf(policy.name)).toBe('closed')
    await expect(policy.execute(() => 1, { key: 'https://other.example' })).rejects.toMatchObject({
      code: 'circuit-open',
    })
    // The page is told at once, not with the next beat.
    const change = await stream.next()
    expect(change.keys?.[0]?.breaker).toMatchObject({ state: 'forced-open', note: 'maintenance' })
    expect(change.timeline?.map(({ kind }) => kind)).toEqual(['breaker-changed', 'action'])
    expect(await order({ action: 'reset', policy: policy.name, key: key?.id })).toEqual([200, undefined])
    expect(stateOf('https://other.example')).toBe('closed')
    expect(told.map(({ action, key: where }) => [action, where])).toEqual([
      ['force-open', 'https://other.example'],
      ['reset', 'https://other.example'],
    ])
    await stream.cancel()
  })

  test('all keys of a policy at once', async () => {
    expect(await order(forceOpen())).toEqual([200, undefined])
    expect([stateOf(policy.name), stateOf('https://other.example')]).toEqual(['forced-open', 'forced-open'])
  })

  test('a kill switch is turned on, with its reason, and off', async () => {
    expect(await order({ action: 'kill', service: 'tips' })).toEqual([400, 'bad-action'])
    expect(await order({ action: 'kill', service: 'tips', reason: 'too slow' })).toEqual([200, undefined])
    expect(switches.killed.get('tips')).toBe('too slow')
    expect(await order({ action: 'revive', service: 'tips' })).toEqual([200, undefined])
    expect(switches.isKilled('tips')).toBe(false)
  })

  test('switches that cannot be turned say so', async () => {
    const looking = someTools({
      policies: [policy],
      allowActions: true,
      token: TOKEN,
      killSwitches: { isKilled: () => false },
    })
    expect(await order({ action: 'revive', service: 'tips' }, { to: looking })).toEqual([409, 'no-switches'])
    looking.close()
  })
})
