import { classify, createPolicy, wrapFetch } from '@holdfast/core'
import { createFaultServer, respond } from '@holdfast/fault-server'
import { kyHooks } from '@holdfast/ky-hooks'
import axios from 'axios'
import ky from 'ky'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STATUS_NOTES, STATUS_ROWS, STATUS_TABLE, SUCCESSES } from './http-rows.ts'
import { gaps, tally, type Proof } from './proof.ts'

const proofs: Proof[] = []
let server: Awaited<ReturnType<typeof createFaultServer>>

beforeAll(async () => {
  server = await createFaultServer({ script: [respond(200)] })
})
afterAll(async () => {
  await server.close()
  process.stdout.write(`HTTP statuses by origin: ${JSON.stringify(tally(proofs))}\n`)
})

const asked = async (run: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await run()
  } catch (error) {
    return error
  }
}

const policy = createPolicy({ name: 'status-table', strategies: [] })
/** What each client has in its hands for a status: an answer, or an error that holds one. */
const CLIENTS: Readonly<Record<string, () => Promise<unknown>>> = {
  fetch: () => asked(() => wrapFetch(policy)(server.url, { redirect: 'manual' })),
  ky: () => asked(() => ky.extend(kyHooks(policy)).get(server.url, { redirect: 'manual', retry: 0 })),
  axios: () => asked(() => axios.get(server.url, { maxRedirects: 0, proxy: false })),
}

describe.each(Object.entries(CLIENTS))('%s', (client, ask) => {
  test.each(STATUS_ROWS.flatMap((row) => row.statuses.map((status) => [status, row] as const)))(
    '%i',
    async (status, { statuses, ...verdict }) => {
      server.use([respond(status)])
      const found = classify(await ask())
      if (status === 407 && client !== 'axios') {
        // Fetch standard, "HTTP-network-or-cache fetch": without a window to ask in it is a network error.
        expect(found?.code).toBe('network-unknown')
        return
      }
      expect(found).toMatchObject({ ...verdict, code: `http-${status}`, phase: 'headers' })
      expect(found?.maxRetries).toBe(verdict.maxRetries)
      if (client !== 'ky') proofs.push({ row: String(statuses[0]), signal: String(status), origin: 'real' })
    },
  )

  test.each(SUCCESSES)('%i is no failure', async (status) => {
    server.use([respond(status)])
    // axios and ky reject a 304 themselves, which only a request with a condition of its own can get.
    const found = classify(await ask())
    if (status === 304 && client !== 'fetch') expect(found).toMatchObject({ retry: 'never', breaker: 'ignore' })
    else expect(found).toBeUndefined()
    if (client === 'fetch') proofs.push({ row: 'success', signal: String(status), origin: 'real' })
  })
})

test.each(STATUS_NOTES.map((note) => [note.name, note] as const))('%s', async (name, note) => {
  const { status, headers = {}, body = '', ownKey = false, verdict } = note
  server.use([respond(status, { headers: { 'content-type': 'application/problem+json', ...headers }, body })])
  const error = await CLIENTS['axios']!()
  expect(classify(error, { ownIdempotencyKey: ownKey })).toMatchObject({ ...verdict, code: `http-${status}` })
  proofs.push({ row: 'notes', signal: name, origin: 'real' })
})

test('has no row and no status without a proof', () => {
  expect(gaps(STATUS_TABLE, proofs)).toEqual([])
  expect(tally(proofs)).toEqual({ real: STATUS_TABLE.flatMap(({ signals }) => signals).length, raised: 0, recorded: 0 })
})
