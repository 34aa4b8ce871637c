import { expect, test } from 'vitest'
import { SpotifyClient, spotifyPolicy } from '../src/client/index.ts'
import { shownFailure } from './shown.ts'
import { fastClock, SPEED, stage } from './stage.ts'

// Reads go through ky, writes through fetch: what one of them learns holds for both.

test('ky and fetch share one policy: a 429 that a read got holds a write back', async () => {
  const made = await stage()
  made.simulator.faults.arm({
    match: /GET \/v1\/me$/,
    times: 1,
    answer: { status: 429, body: '', headers: { 'retry-after': '4' } },
  })
  const id = made.simulator.playlists.create('x', '', false, 0).id
  const read = made.machine.client.get('/me', { operation: 'me' })
  while (made.simulator.count(/GET \/v1\/me$/) === 0) await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const write = made.machine.client.put(`/playlists/${id}`, { operation: 'rename', json: { name: 'y' } })
  await Promise.all([read, write])
  const [refused, ...later] = made.simulator.journal
  expect(refused?.status).toBe(429)
  expect(later.map(({ request }) => request.slice(0, 4)).toSorted()).toEqual(['GET ', 'PUT '])
  for (const { atMs } of later) expect(atMs - refused!.atMs).toBeGreaterThanOrEqual(4_000 / SPEED - 10)
  const keys = Object.keys(made.machine.policies.api.health().keys)
  expect(keys).toHaveLength(1)
})

test('ky and fetch share one breaker: what reads opened refuses a write without a request', async () => {
  const made = await stage()
  const { client, policies } = made.machine
  const breaker = (): unknown => Object.values(policies.api.health().keys)[0]?.['circuitBreaker']
  made.simulator.faults.arm({ match: /GET/, answer: { status: 502, body: '' } })
  // Not a number of reads: the throttle sheds some of them by chance, and those say nothing to the breaker.
  const untilMs = performance.now() + 10_000
  while ((breaker() as { readonly state: string } | undefined)?.state !== 'open' && performance.now() < untilMs) {
    await Promise.allSettled([client.get('/me', { operation: 'me' }), client.get('/me', { operation: 'me' })])
  }
  expect(breaker()).toMatchObject({ state: 'open' })
  const sent = made.simulator.journal.length
  const write = client.put('/playlists/x', { operation: 'rename', json: { name: 'y' } })
  expect(await shownFailure(await write.catch((failure: unknown) => failure))).toMatchObject({
    what: 'Spotify cannot be reached at the moment.',
  })
  expect(made.simulator.count(/PUT/)).toBe(0)
  expect(made.simulator.journal).toHaveLength(sent)
})

test('ky and fetch share one quota: permits that reads used up are missing for writes', async () => {
  const made = await stage()
  // Without the file that processes share: ky and fetch of one process have to count together all the same.
  const policy = spotifyPolicy({ clock: fastClock(SPEED) })
  const client = new SpotifyClient({ apiBase: made.simulator.apiBase, tokens: made.machine.tokens, policy })
  const id = made.simulator.playlists.create('x', '', false, 0).id
  const rename = (): Promise<unknown> => client.put(`/playlists/${id}`, { operation: 'rename', json: { name: 'y' } })
  await Promise.all(Array.from({ length: 15 }, () => client.get('/me', { operation: 'me' })))
  await Promise.all(Array.from({ length: 8 }, rename))
  const times = made.simulator.journal.map(({ atMs }) => atMs)
  expect(times).toHaveLength(23)
  // The burst of 15, one a second of the policy's clock, and a permit in hand.
  const spanSeconds = ((times.at(-1)! - times[0]!) * SPEED) / 1_000
  expect(times.length).toBeLessThanOrEqual(15 + spanSeconds + 1)
})
