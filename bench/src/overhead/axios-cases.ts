import type { AxiosAdapter, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { Case } from './case.ts'

const TIMEOUT_MS = 10_000

/** Answers at once, as a transport that costs nothing would. */
const noOpAdapter: AxiosAdapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => ({
  data: '{"id":1,"title":"mug"}',
  status: 200,
  statusText: 'OK',
  headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': '22' },
  config,
  request: {},
})

/** Wires a library into an axios instance that exists. */
export type Wire = (instance: AxiosInstance) => Promise<void> | void

export const wireHoldfast: Wire = async (instance) => {
  const [{ standardPolicy }, { attach }] = await Promise.all([
    import('@holdfast/core'),
    import('@holdfast/axios-interceptor'),
  ])
  attach(instance, standardPolicy({ name: 'bench', rateLimit: { permits: 1e9, perMs: 1_000 } }))
}

const wireAxiosRetry: Wire = async (instance) => {
  const { default: axiosRetry } = await import('axios-retry')
  axiosRetry(instance, { retries: 3, retryDelay: (count, error) => axiosRetry.exponentialDelay(count, error) })
}

const wireCockatiel: Wire = async (instance) => {
  const { circuitBreaker, ExponentialBackoff, handleAll, retry, SamplingBreaker, timeout, TimeoutStrategy, wrap } =
    await import('cockatiel')
  const policy = wrap(
    retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, {
      halfOpenAfter: 10_000,
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 30_000 }),
    }),
    timeout(TIMEOUT_MS, TimeoutStrategy.Cooperative),
  )
  instance.defaults.adapter = (config) => policy.execute(({ signal }) => noOpAdapter({ ...config, signal }))
}

const wireLoop: Wire = (instance) => {
  instance.defaults.adapter = async (config) => {
    for (let retry = 0; ; retry += 1) {
      try {
        return await noOpAdapter(config)
      } catch (error) {
        if (retry >= 2) throw error
      }
    }
  }
}

const call = (name: string, label: string, wire: Wire | undefined, isOurs = false): Case => ({
  name,
  label,
  group: 'axios',
  isOurs,
  async create() {
    const { default: axios } = await import('axios')
    const instance = axios.create({ baseURL: 'https://api.example.com', adapter: noOpAdapter })
    await wire?.(instance)
    return () => instance.get('/listings/1')
  },
})

/** The yardstick of every pair. */
export const BARE_AXIOS: Case = call('axios-bare', 'axios, no-op adapter', undefined)

/** What is added to the yardstick, each measured in a process of its own, in blocks that take turns with it. */
export const AXIOS_CASES: readonly Case[] = [
  call('axios-attach', '+ holdfast attach, standard + rate limit', wireHoldfast, true),
  call('axios-retry', '+ axios-retry 3, exponential', wireAxiosRetry),
  call('axios-loop', '+ hand-rolled retry loop in the adapter', wireLoop),
  call('axios-cockatiel', '+ cockatiel wrap(retry, breaker, timeout) in the adapter', wireCockatiel),
]
