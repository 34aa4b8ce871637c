import { json, stall, text } from '@holdfast/fault-server'
import type { AxiosInstance, AxiosRequestConfig } from 'axios'
import type { Scenario, Stage } from '../scenario.ts'

type Extra = Omit<Scenario, 'name' | 'families'>

const chain = (name: string, extra: Extra): Scenario => ({ name: `axios: ${name}`, families: ['axios'], ...extra })

const watch =
  (mark: string) =>
  (instance: AxiosInstance, { note }: Stage): void => {
    instance.interceptors.request.use((config) => {
      note(mark, 'request', config.url, Object.keys(config))
      config.headers.set(`X-${mark}`, '1')
      return config
    })
    instance.interceptors.response.use(
      (response) => {
        note(mark, 'response', response.status, response.config)
        return response
      },
      (error: unknown) => {
        note(mark, 'error', error)
        throw error as Error
      },
    )
  }

const tokenAt =
  (delayMs: number | 'before') =>
  (stage: Stage): AxiosRequestConfig => {
    const source = stage.axios.CancelToken.source()
    if (delayMs === 'before') source.cancel('no more')
    else stage.later(delayMs, () => source.cancel('no more'))
    return { cancelToken: source.token }
  }

class OwnConfig {
  readonly url = '/own'
  readonly method = 'get'
  readonly headers: unknown
  readonly baseURL: string
  constructor(baseURL: string, headers: unknown) {
    this.baseURL = baseURL
    this.headers = headers
  }
}

/** What others hang on the same instance: interceptors, adapters, tokens; and what goes wrong there. */
export const axiosChainScenarios: readonly Scenario[] = [
  chain('interceptors before and after attach', { beforeAttach: watch('Before'), afterAttach: watch('After') }),
  chain('interceptors around an error', {
    beforeAttach: watch('Before'),
    afterAttach: watch('After'),
    answers: [json({ no: 1 }, { status: 404 })],
  }),
  chain('an asynchronous request interceptor', {
    beforeAttach: (instance) => {
      instance.interceptors.request.use(async (config) => {
        await Promise.resolve()
        config.params = { late: 1 }
        return config
      })
    },
  }),
  chain('a request interceptor that throws, before attach', {
    isUnseen: true,
    beforeAttach: (instance, { reason }) => {
      instance.interceptors.request.use(() => {
        throw reason
      })
    },
  }),
  chain('a request interceptor that throws, after attach', {
    isUnseen: true,
    afterAttach: (instance, { reason }) => {
      instance.interceptors.request.use(() => {
        throw reason
      })
    },
  }),
  chain('an interceptor that returns an object of a class', {
    answers: { 'GET /own': text('own') },
    afterAttach: (instance, { url }) => {
      instance.interceptors.request.use((config) => new OwnConfig(url, config.headers) as unknown as typeof config)
    },
  }),
  chain('an interceptor that replaces the config', {
    answers: { '* /replaced': text('replaced') },
    afterAttach: (instance) => {
      instance.interceptors.request.use((config) => ({ ...config, url: '/replaced', method: 'delete' }))
    },
  }),
  chain('a response interceptor that unwraps', {
    calls: 2,
    beforeAttach: (instance) => {
      instance.interceptors.response.use((response) => response.data as never)
    },
  }),
  chain('a response interceptor that throws', {
    afterAttach: (instance, { reason }) => {
      instance.interceptors.response.use(() => {
        throw reason
      })
    },
  }),
  chain('a response interceptor that answers an error with a value', {
    answers: [json({}, { status: 404 })],
    beforeAttach: (instance) => {
      instance.interceptors.response.use(undefined, () => ({ instead: true }))
    },
  }),
  chain('an interceptor with runWhen', {
    beforeAttach: (instance, { note }) => {
      const runWhen = (config: object): boolean => {
        note('runWhen', Object.keys(config))
        return true
      }
      instance.interceptors.request.use((config) => config, null, { synchronous: true, runWhen })
    },
  }),
  chain('an adapter function that answers by itself', {
    axios: ({ note }) => ({
      adapter: (config) => {
        note('adapter', config)
        return Promise.resolve({ data: 'made up', status: 200, statusText: 'OK', headers: {}, config, request: null })
      },
    }),
  }),
  chain('an adapter function that throws a plain object', {
    axios: () => ({
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what some adapters do
      adapter: () => Promise.reject({ odd: true }),
    }),
  }),
  chain('an adapter that does not exist', {
    isUnseen: true,
    axios: () => ({ adapter: 'carrier-pigeon' as 'http' }),
  }),
  chain('an adapter list', { axios: () => ({ adapter: ['xhr', 'http'] }) }),
  chain('a transformRequest that throws', {
    isUnseen: true,
    axios: ({ reason }) => ({
      transformRequest: () => {
        throw reason
      },
    }),
  }),
  chain('a transformResponse that throws', {
    axios: ({ reason }) => ({
      transformResponse: () => {
        throw reason
      },
    }),
  }),
  chain('a cancelled token', { isUnseen: true, axios: tokenAt('before') }),
  chain('a token cancelled while waiting', { axios: tokenAt(60), answers: [stall()] }),
  chain('a token that is never cancelled', { axios: tokenAt(10_000), calls: 2 }),
  chain('a URL nobody can reach', { axios: () => ({ baseURL: 'gopher://127.0.0.1', url: '/x' }) }),
  chain('a URL that is none', { axios: () => ({ baseURL: '', url: 'http://' }) }),
  chain('a header that is none', { axios: () => ({ headers: { 'X-Bad': 'a\u0000b' } }) }),
]
