import { attach } from '@holdfast/axios-interceptor'
import { type Policy, wrapFetch } from '@holdfast/core'
import { kyHooks } from '@holdfast/ky-hooks'
import axios from 'axios'
import ky, { type KyInstance } from 'ky'

/** Makes one GET with the long-lived signal and reads the body to its end; gives the status. */
export type SoakCall = (signal: AbortSignal) => Promise<number>

const axiosCall =
  (adapter: 'http' | 'fetch') =>
  (policy: Policy, url: string): SoakCall => {
    const api = axios.create({ adapter, baseURL: url, proxy: false })
    attach(api, policy)
    return async (signal) => (await api.get('/', { signal })).status
  }

const kyCall =
  (api: KyInstance, url: string): SoakCall =>
  async (signal) => {
    const response = await api(url, { signal })
    await response.text()
    return response.status
  }

/** Every client of the soak, by name. */
export const SOAK_CLIENTS: Readonly<Record<string, (policy: Policy, url: string) => SoakCall>> = {
  'axios http': axiosCall('http'),
  'axios fetch': axiosCall('fetch'),
  fetch: (policy, url) => {
    const send = wrapFetch(policy)
    return async (signal) => {
      const response = await send(url, { signal })
      await response.text()
      return response.status
    }
  },
  ky: (policy, url) => kyCall(ky.extend(kyHooks(policy)), url),
  // ky itself joins the caller's signal with its own by AbortSignal.any, which leaves something behind on a long-lived one.
  'stock ky': (_policy, url) => kyCall(ky.extend({ retry: { limit: 5, delay: () => 1 } }), url),
}
