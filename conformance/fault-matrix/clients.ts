import { attach } from '@holdfast/axios-interceptor'
import { type Policy, wrapFetch } from '@holdfast/core'
import { kyHooks } from '@holdfast/ky-hooks'
import axios from 'axios'
import ky from 'ky'

/** A client as the matrix uses it: one request, its body read to the end. */
export interface MatrixClient {
  readonly name: string
  run(policy: Policy, url: string, method: 'GET' | 'POST'): Promise<unknown>
}

const axiosClient = (adapter: 'http' | 'fetch'): MatrixClient => ({
  name: `axios ${adapter}`,
  run(policy, url, method) {
    const api = axios.create({ adapter, proxy: false })
    attach(api, policy)
    return api.request({ url, method, ...(method === 'POST' ? { data: { order: 1 } } : {}) })
  },
})

const fetchClient: MatrixClient = {
  name: 'fetch',
  async run(policy, url, method) {
    const response = await wrapFetch(policy)(url, { method, ...(method === 'POST' ? { body: '{"order":1}' } : {}) })
    return response.text()
  },
}

const kyClient: MatrixClient = {
  name: 'ky',
  run: (policy, url, method) =>
    ky
      .extend(kyHooks(policy))(url, { method, ...(method === 'POST' ? { json: { order: 1 } } : {}) })
      .text(),
}

export const CLIENTS: readonly MatrixClient[] = [axiosClient('http'), axiosClient('fetch'), fetchClient, kyClient]
