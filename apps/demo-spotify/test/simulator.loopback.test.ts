import { afterEach, expect, test } from 'vitest'
import { isAllowedRedirect } from '../src/simulator/accounts.ts'
import { SIMULATED_CLIENT_ID, startSimulator, type Simulator } from '../src/simulator/index.ts'

const running: Simulator[] = []
const start = async (options: Parameters<typeof startSimulator>[0] = {}): Promise<Simulator> => {
  const simulator = await startSimulator(options)
  running.push(simulator)
  return simulator
}
const SCOPES = ['user-top-read', 'user-read-recently-played', 'playlist-read-private', 'playlist-modify-private']

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

const bearer = (simulator: Simulator, scopes = SCOPES): { headers: { authorization: string } } => ({
  headers: { authorization: `Bearer ${simulator.accounts.grant(scopes).access_token}` },
})

const refresh = (simulator: Simulator, token: string): Promise<Response> =>
  fetch(`${simulator.accountsBase}/api/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: SIMULATED_CLIENT_ID }),
  })

test('answers as development mode does: data, scopes, what is gone, and the rolling window', async () => {
  const simulator = await start({ windowPermits: 6 })
  const auth = bearer(simulator)
  const top = await fetch(`${simulator.apiBase}/me/top/tracks?time_range=short_term&limit=50`, auth)
  const { items, total } = (await top.json()) as { items: { id: string; popularity?: number }[]; total: number }
  expect(items).toHaveLength(50)
  expect(total).toBe(50)
  expect(items[0]).not.toHaveProperty('popularity')
  const beyond = await fetch(`${simulator.apiBase}/me/top/tracks?offset=50`, auth)
  expect(((await beyond.json()) as { items: unknown[] }).items).toEqual([])
  const gone = await fetch(`${simulator.apiBase}/audio-features/x`, auth)
  expect([gone.status, await gone.text()]).toEqual([403, '{"error":{"status":403,"message":"Forbidden"}}'])
  const scope = await fetch(`${simulator.apiBase}/me/top/tracks`, bearer(simulator, []))
  expect(await scope.json()).toEqual({ error: { status: 403, message: 'Insufficient client scope' } })
  const last = await Promise.all([1, 2, 3].map(() => fetch(`${simulator.apiBase}/me`, auth)))
  const limited = last.filter(({ status }) => status === 429)
  expect(limited).toHaveLength(1)
  expect(Number(limited[0]!.headers.get('retry-after'))).toBeGreaterThan(20)
})

test('walks the authorization code flow with PKCE and refuses localhost', async () => {
  const simulator = await start()
  const { createHash } = await import('node:crypto')
  const verifier = 'v'.repeat(64)
  const ask = (redirect: string): Promise<Response> => {
    const query = new URLSearchParams({
      client_id: SIMULATED_CLIENT_ID,
      response_type: 'code',
      redirect_uri: redirect,
      scope: SCOPES.join(' '),
      state: 'abc',
      code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    })
    return fetch(`${simulator.accountsBase}/authorize?${query.toString()}`, { redirect: 'manual' })
  }
  expect((await ask('http://localhost:4000/callback')).status).toBe(400)
  const sent = await ask('http://127.0.0.1:4000/callback')
  const back = new URL(sent.headers.get('location')!)
  expect(back.searchParams.get('state')).toBe('abc')
  const exchange = (code_verifier: string): Promise<Response> =>
    fetch(`${simulator.accountsBase}/api/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: SIMULATED_CLIENT_ID,
        code: back.searchParams.get('code')!,
        redirect_uri: 'http://127.0.0.1:4000/callback',
        code_verifier,
      }),
    })
  const answer = await exchange(verifier)
  expect(await answer.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3_600, scope: SCOPES.join(' ') })
  expect((await exchange(verifier)).status).toBe(400)
})

test('a loopback address registered without a port allows any, every other one its own', () => {
  expect(isAllowedRedirect('http://127.0.0.1:5000/callback', ['http://127.0.0.1/callback'])).toBe(true)
  expect(isAllowedRedirect('http://127.0.0.1:5000/callback', ['http://127.0.0.1:4000/callback'])).toBe(false)
  expect(isAllowedRedirect('http://example.com/callback', ['http://example.com/callback'])).toBe(false)
  expect(isAllowedRedirect('https://example.com/callback', ['https://example.com/callback'])).toBe(true)
})

test('keeps or rotates the refresh token, and lets the consent run out after six months', async () => {
  let nowMs = Date.UTC(2026, 0, 1)
  const simulator = await start({ now: () => nowMs })
  const kept = simulator.accounts.grant(SCOPES).refresh_token
  expect(await (await refresh(simulator, kept)).json()).not.toHaveProperty('refresh_token')
  simulator.accounts.refreshMode = 'rotating'
  const next = (await (await refresh(simulator, kept)).json()) as { refresh_token: string }
  expect(await (await refresh(simulator, kept)).json()).toMatchObject({ error_description: 'Refresh token revoked' })
  nowMs += 183 * 86_400_000
  const dead = await refresh(simulator, next.refresh_token)
  expect(await dead.json()).toEqual({ error: 'invalid_grant', error_description: 'Refresh token expired' })
})

test('a reset after the work was done leaves the playlist behind', async () => {
  const simulator = await start()
  simulator.arm('S21')
  const call = fetch(`${simulator.apiBase}/me/playlists`, {
    method: 'POST',
    body: '{"name":"x"}',
    ...bearer(simulator),
  })
  await expect(call).rejects.toThrow('fetch failed')
  expect(simulator.playlists.list()).toHaveLength(1)
})
