import axios from 'axios'
import { isServiceError } from '@holdfast/core/service-errors'
import { expect, test } from 'vitest'
import { beginLogin, TokenEndpoint } from '../src/oauth/index.ts'
import { startRig } from './rig.ts'

test('the consent page with PKCE gives tokens that work', async () => {
  const { simulator, store, client } = await startRig()
  const settings = {
    authorizeUrl: `${simulator.url}/oauth/connect`,
    tokenUrl: `${simulator.url}/v3/public/oauth/token`,
    clientId: simulator.app.keystring,
    redirectUri: 'http://localhost:3003/oauth/redirect',
    scopes: ['shops_r', 'listings_r'],
  }
  const login = beginLogin(settings)
  const page = await axios.get<string>(login.url)
  expect(page.data).toContain('<code>shops_r</code>')
  const answer = await axios.post(login.url, new URLSearchParams({ decision: 'allow' }), {
    maxRedirects: 0,
    validateStatus: (status) => status === 303,
  })
  const back = new URL(String(answer.headers['location']))
  expect(back.searchParams.get('state')).toBe(login.state)
  const code = back.searchParams.get('code') ?? ''
  const endpoint = new TokenEndpoint(settings)
  await expect(endpoint.exchange(code, 'x'.repeat(50))).rejects.toMatchObject({ code: 'authentication' })

  const again = await axios.post(login.url, new URLSearchParams({ decision: 'allow' }), {
    maxRedirects: 0,
    validateStatus: null,
  })
  const secondCode = new URL(String(again.headers['location'])).searchParams.get('code') ?? ''
  store.save(await endpoint.exchange(secondCode, login.verifier))
  expect(store.load()?.refreshToken).toMatch(/^123456\./)
  expect(await client.me()).toEqual({ userId: 123_456, shopId: 42 })
  // What the seller did not allow stays closed, and the error names it.
  const refused = await client.receipts({}).catch((error: unknown) => error)
  expect(isServiceError(refused, 'authorization') && refused).toMatchObject({ missingScopes: ['transactions_r'] })
})

test('100 calls with a rejected token send one refresh, and all succeed', async () => {
  const { simulator, client, store } = await startRig()
  const before = store.load()
  simulator.grants.expireAccessTokens()
  const answers = await Promise.all(Array.from({ length: 100 }, () => client.me()))
  expect(answers).toHaveLength(100)
  expect(simulator.journal.count('token-refreshed')).toBe(1)
  expect(store.load()?.refreshToken).not.toBe(before?.refreshToken)
})

test('E7: a lost refresh answer leaves the old pair in the store and asks for a new consent', async () => {
  const { simulator, client, store } = await startRig()
  const before = store.load()
  simulator.grants.expireAccessTokens()
  simulator.inject({ id: 'E7', times: 1 })
  await expect(client.me()).rejects.toMatchObject({ code: 'authentication', upstreamCode: 'invalid_grant' })
  expect(store.load()).toEqual(before)
  expect(store.consentNeeded).toContain('revoked')
  const calls = simulator.journal.count('call')
  await expect(client.me()).rejects.toMatchObject({ code: 'authentication' })
  expect(simulator.journal.count('call')).toBe(calls)
})

test('a refresh that fails before the rotation is tried again with the same token', async () => {
  const { simulator, client, store } = await startRig()
  simulator.grants.expireAccessTokens()
  simulator.inject({ id: 'E19', times: 2, operations: ['token'] })
  await client.me()
  expect(store.consentNeeded).toBeUndefined()
  expect(simulator.journal.count('call', 'token')).toBe(3)
})
