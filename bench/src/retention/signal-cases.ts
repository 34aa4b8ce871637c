import type { AxiosAdapter } from 'axios'

/** A call that is given a signal. */
export type SignalledCall = (signal: AbortSignal) => Promise<unknown>

/** One row: a client whose calls get one signal that lives on. */
export interface SignalCase {
  readonly name: string
  readonly label: string
  readonly isOurs: boolean
  create(): Promise<SignalledCall>
}

const work = async (signal: AbortSignal): Promise<boolean> => signal.aborted
const LIMIT = { permits: 1e9, perMs: 1_000 }
const stubFetch: typeof fetch = async () => new Response('{"id":1}')
const noOpAdapter: AxiosAdapter = async (config) => ({
  data: '{"id":1}',
  status: 200,
  statusText: 'OK',
  headers: {},
  config,
})

/** Ours through every door, and the peers that take a signal. */
export const SIGNAL_CASES: readonly SignalCase[] = [
  {
    name: 'execute',
    label: 'holdfast execute, standard',
    isOurs: true,
    async create() {
      const { standardPolicy } = await import('@holdfast/core')
      const policy = standardPolicy({ name: 'bench', rateLimit: LIMIT })
      return (signal) => policy.execute((attempt) => work(attempt.signal), { signal })
    },
  },
  {
    name: 'fetch',
    label: 'holdfast wrapFetch, standard, stub fetch',
    isOurs: true,
    async create() {
      const { standardPolicy, wrapFetch } = await import('@holdfast/core')
      const get = wrapFetch(standardPolicy({ name: 'bench', rateLimit: LIMIT }), stubFetch)
      return async (signal) => (await get('https://api.example.com/1', { signal })).text()
    },
  },
  {
    name: 'axios',
    label: 'holdfast attach, standard, no-op adapter',
    isOurs: true,
    async create() {
      const [{ default: axios }, { standardPolicy }, { attach }] = await Promise.all([
        import('axios'),
        import('@holdfast/core'),
        import('@holdfast/axios-interceptor'),
      ])
      const instance = axios.create({ adapter: noOpAdapter })
      attach(instance, standardPolicy({ name: 'bench', rateLimit: LIMIT }))
      return (signal) => instance.get('https://api.example.com/1', { signal })
    },
  },
  {
    name: 'cockatiel',
    label: 'cockatiel wrap(retry, breaker, timeout)',
    isOurs: false,
    async create() {
      const { circuitBreaker, ConsecutiveBreaker, handleAll, retry, timeout, TimeoutStrategy, wrap } =
        await import('cockatiel')
      const policy = wrap(
        retry(handleAll, { maxAttempts: 2 }),
        circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
        timeout(10_000, TimeoutStrategy.Cooperative),
      )
      return (signal) => policy.execute((context) => work(context.signal), signal)
    },
  },
  {
    name: 'p-retry',
    label: 'p-retry',
    isOurs: false,
    async create() {
      const { default: pRetry } = await import('p-retry')
      return (signal) => pRetry(() => work(signal), { signal })
    },
  },
  {
    name: 'ky',
    label: 'ky defaults, stub fetch',
    isOurs: false,
    async create() {
      const { default: ky } = await import('ky')
      const client = ky.create({ fetch: stubFetch })
      return (signal) => client.get('https://api.example.com/1', { signal }).text()
    },
  },
  {
    name: 'signal-any',
    label: 'AbortSignal.any([signal, AbortSignal.timeout])',
    isOurs: false,
    create: async () => (signal) => work(AbortSignal.any([signal, AbortSignal.timeout(10_000)])),
  },
]
