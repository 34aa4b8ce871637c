import { callReport, createPolicy, fallback, retry, type Failure } from '@holdfast/core'
import { respond } from '@holdfast/fault-server'
import type { AxiosResponse } from 'axios'
import { describe, expect, it } from 'vitest'
import { CLIENTS } from './axios-versions.ts'
import { serve } from './support.ts'

describe.each(CLIENTS)('a fallback under $label', (client) => {
  it('case 99: answers with an AxiosResponse, through transforms and interceptors', async () => {
    const server = await serve({ script: [respond(503)] })
    const failures: Failure[] = []
    const policy = createPolicy({
      name: `fallback-${client.label}`,
      strategies: [
        fallback({
          answer: (failure) => {
            failures.push(failure)
            return { items: [] }
          },
        }),
        retry({ maxRetries: 1, baseMs: 1 }),
      ],
    })
    const api = client.attached({ baseURL: server.url }, policy)
    api.interceptors.response.use((response) => Object.assign(response, { seen: true }))
    const response: AxiosResponse & { seen?: boolean } = await api.get('/items')
    expect(response).toMatchObject({ status: 200, statusText: 'OK', data: { items: [] }, seen: true })
    expect(response.config.url).toBe('/items')
    expect(response.headers.get).toBeTypeOf('function')
    expect(failures).toMatchObject([{ code: 'http-503', status: 503, method: 'GET' }])
    expect(callReport(response)?.explain()).toContain('answered by the fallback: http-503')
    expect(server.journal.count()).toBe(2)
  })

  it('case 99: hands on an AxiosResponse of the caller', async () => {
    const server = await serve({ script: [respond(503)] })
    const own = { data: 'saved', status: 203, statusText: 'Saved', headers: {}, config: {} }
    const strategies = [fallback({ answer: () => own })]
    const policy = createPolicy({ name: `fallback-own-${client.label}`, strategies })
    const response = await client.attached({ baseURL: server.url }, policy).get<string>('/items')
    expect([response.status, response.data]).toEqual([203, 'saved'])
  })
})
