import { attach } from '@holdfast/axios-interceptor'
import axios from 'axios'
import type { ClientKind } from './client.ts'

/** axios with one of its adapters; none is what axios itself chooses in the runtime. */
export const axiosClient = (adapter?: 'xhr' | 'fetch'): ClientKind => ({
  name: adapter === undefined ? 'axios' : `axios ${adapter}`,
  timeoutCodes: { deadline: 'ETIMEDOUT', attempt: 'ETIMEDOUT' },
  abortsWith: 'ERR_CANCELED',
  ...(adapter === undefined ? { keepsNoConnectionIn: { deno: 'its http agent is told not to, see process.ts' } } : {}),
  make(policy) {
    const instance = axios.create(adapter === undefined ? {} : { adapter })
    attach(instance, policy)
    return {
      async send(url, { method = 'GET', body, ...rest } = {}) {
        const response = await instance.request<string>({
          url,
          method,
          data: body,
          responseType: 'text',
          transformResponse: (data: unknown) => data,
          validateStatus: () => true,
          ...rest,
        })
        return { status: response.status, text: response.data }
      },
    }
  },
})
