import { attach } from '@holdfast/axios-interceptor'
import { createPolicy, defineStrategy, Outcome, type Policy, retry } from '@holdfast/core'
import { createFaultServer, type FaultServer, respond } from '@holdfast/fault-server'
import { kyHooks } from '@holdfast/ky-hooks'
import type { AxiosResponse } from 'axios'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AXIOS_COPIES } from '../src/axios-copies.ts'
import { KY_COPIES } from '../src/ky-copies.ts'

let server: FaultServer
let policy: Policy | undefined

beforeEach(async () => {
  server = await createFaultServer({ script: [respond(503)] })
})
afterEach(async () => {
  policy?.close()
  await server.close()
})

const fallback = defineStrategy('fallback', (_env, options: { readonly value: () => unknown }) => (next) => {
  return async (call) => {
    const outcome = await next(call)
    return outcome.isSuccess ? outcome : new Outcome(call, 'value', options.value())
  }
})

const policyWith = (value: () => unknown): Policy =>
  (policy = createPolicy({
    name: 'fallback',
    strategies: [fallback({ value }), retry({ baseMs: 1 })] as const,
  }) as unknown as Policy)

describe.each(AXIOS_COPIES)('$name', ({ axios, adapter }) => {
  test('case 99: a fallback is an axios response, which transforms and interceptors treat like any other', async () => {
    const api = axios.create({ baseURL: server.url, adapter, proxy: false })
    attach(
      api,
      policyWith((): Partial<AxiosResponse> => ({
        data: '{"stale":true}',
        status: 200,
        statusText: 'OK',
        headers: {},
      })),
      { axios },
    )
    const seen: number[] = []
    api.interceptors.response.use((response) => {
      seen.push(response.status)
      return response
    })
    const response = await api.get('/')
    expect([response.data, response.status, seen, server.journal.count()]).toEqual([{ stale: true }, 200, [200], 3])
  })
})

describe.each(KY_COPIES)('$name', ({ ky, TimeoutError }) => {
  test("case 99: a fallback is a Response, read by ky's own shortcuts and seen by its hooks", async () => {
    const seen: number[] = []
    const api = ky.extend({ hooks: { afterResponse: [(...args: unknown[]) => void seen.push(args.length)] } }).extend(
      kyHooks(
        policyWith(() => Response.json({ stale: true })),
        { TimeoutError },
      ),
    )
    expect(await api(server.url).json()).toEqual({ stale: true })
    expect([seen.length, server.journal.count()]).toEqual([1, 3])
  })
})
