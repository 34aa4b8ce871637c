import type { AxiosInstance } from 'axios'

type Fetch = typeof globalThis.fetch

/** A plug-in that does one thing wrong, and the part of an observation that must show it. */
export interface Sabotage<Target> {
  readonly name: string
  readonly shows: string
  readonly isHealed?: boolean
  readonly spoil: (target: Target) => Target
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Each spoils an axios instance. */
export const AXIOS_SABOTAGES: readonly Sabotage<AxiosInstance>[] = [
  {
    name: 'copies the config by spread',
    shows: 'results.0.before.own.config.keys',
    spoil: (instance) => {
      instance.interceptors.request.use((config) => ({ ...config }))
      return instance
    },
  },
  {
    name: 'adds a header',
    shows: 'wire.connections',
    spoil: (instance) => {
      instance.interceptors.request.use((config) => {
        config.headers.set('X-Resilience', 'on')
        return config
      })
      return instance
    },
  },
  {
    name: 'wraps errors',
    shows: 'results.0.before.class',
    spoil: (instance) => {
      instance.interceptors.response.use(undefined, (error: unknown) => {
        throw new Error('the call failed', { cause: error })
      })
      return instance
    },
  },
  {
    name: 're-sends through the instance',
    shows: 'wire.exchanges',
    spoil: (instance) => {
      let isSecond = false
      instance.interceptors.response.use(undefined, (error: { config: object }) => {
        if (isSecond) throw error as unknown as Error
        isSecond = true
        return instance.request(error.config)
      })
      return instance
    },
  },
  {
    name: 'leaves its adapter in the config',
    shows: 'results.0.before.own.config.own.adapter',
    spoil: (instance) => {
      instance.interceptors.response.use((response) => {
        response.config.adapter = () => Promise.resolve(response)
        return response
      })
      return instance
    },
  },
  {
    name: 'waits before it sends',
    shows: 'timing',
    spoil: (instance) => {
      instance.interceptors.request.use(async (config) => {
        await pause(400)
        return config
      })
      return instance
    },
  },
]

/** Each spoils a fetch; `isHealed`: a policy above it gives the caller's own reason all the same. */
export const FETCH_SABOTAGES: readonly Sabotage<Fetch>[] = [
  {
    name: 'adds a header',
    shows: 'wire.connections',
    spoil: (fetch) => (input, init) =>
      fetch(input, { ...init, headers: [...new Headers(init?.headers), ['x-resilience', 'on']] }),
  },
  {
    name: 'makes a response of its own',
    shows: 'results.0.before.url',
    spoil: (fetch) => async (input, init) => {
      const response = await fetch(input, init)
      return new Response(response.body, response)
    },
  },
  {
    name: 'wraps errors',
    shows: 'results.0.before.own.message',
    spoil: (fetch) => (input, init) =>
      fetch(input, init).catch((error: unknown) => {
        throw new TypeError('the call failed', { cause: error })
      }),
  },
  {
    name: 're-sends',
    shows: 'wire.exchanges',
    spoil: (fetch) => async (input, init) => {
      await (await fetch(input, init)).text()
      return fetch(input, init)
    },
  },
  {
    name: 'puts a reason of its own in the place of the caller',
    isHealed: true,
    shows: 'results.0.before',
    spoil: (fetch) => (input, init) => {
      const controller = new AbortController()
      init?.signal?.addEventListener('abort', () => controller.abort(new Error('stopped')))
      return fetch(input, { ...init, signal: controller.signal })
    },
  },
  {
    name: 'waits before it sends',
    shows: 'timing',
    spoil: (fetch) => async (input, init) => {
      await pause(400)
      return fetch(input, init)
    },
  },
]
