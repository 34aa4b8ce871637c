import type { LoopbackScenario } from './loopback-scenario.ts'

/** Makes one GET of `url` and rejects unless it was answered well in the end. */
export type Get = (url: string) => Promise<unknown>

/** A client of the loopback table; libraries are loaded only in the process that measures them. */
export interface LoopbackClient {
  readonly name: string
  readonly label: string
  readonly isQuick?: boolean
  /** One client instance; a scenario makes up to a hundred. */
  create(scenario: LoopbackScenario): Promise<Get>
}

let made = 0
const nextName = (): string => `client-${(made += 1)}`

const fetchOnce = async (url: string, signal: AbortSignal): Promise<void> => {
  const response = await fetch(url, { signal })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`status ${response.status}`)
}

const axiosWith = async ({ attemptTimeoutMs }: LoopbackScenario) =>
  (await import('axios')).default.create({ timeout: attemptTimeoutMs, proxy: false })

const standard = async ({ attemptTimeoutMs }: LoopbackScenario) => {
  const { standardPolicy } = await import('@holdfast/core')
  return standardPolicy({
    name: nextName(),
    attemptTimeout: { afterMs: attemptTimeoutMs },
    rateLimit: { permits: 1e9, perMs: 1_000 },
  })
}

/** Ours, and the peers with their documented defaults; each bounds an attempt by the scenario's timeout. */
export const LOOPBACK_CLIENTS: readonly LoopbackClient[] = [
  {
    name: 'holdfast-axios',
    label: 'holdfast attach(axios), standard',
    isQuick: true,
    async create(scenario) {
      const [{ default: axios }, { attach }] = await Promise.all([
        import('axios'),
        import('@holdfast/axios-interceptor'),
      ])
      const instance = axios.create({ proxy: false })
      attach(instance, await standard(scenario))
      return (url) => instance.get(url)
    },
  },
  {
    name: 'holdfast-fetch',
    label: 'holdfast wrapFetch, standard',
    async create(scenario) {
      const { wrapFetch } = await import('@holdfast/core')
      const get = wrapFetch(await standard(scenario))
      return async (url) => {
        const response = await get(url)
        await response.arrayBuffer()
        if (!response.ok) throw new Error(`status ${response.status}`)
      }
    },
  },
  {
    name: 'holdfast-budget',
    label: 'holdfast attach(axios), retry + budget only',
    isQuick: true,
    async create({ attemptTimeoutMs }) {
      const [{ default: axios }, { attach }, core] = await Promise.all([
        import('axios'),
        import('@holdfast/axios-interceptor'),
        import('@holdfast/core'),
      ])
      const strategies = [
        core.deadline(),
        core.retryBudget(),
        core.retry(),
        core.attemptTimeout({ afterMs: attemptTimeoutMs }),
      ] as const
      const instance = axios.create({ proxy: false })
      attach(instance, core.createPolicy({ name: nextName(), strategies }))
      return (url) => instance.get(url)
    },
  },
  {
    name: 'axios',
    label: 'axios',
    isQuick: true,
    async create(scenario) {
      const instance = await axiosWith(scenario)
      return (url) => instance.get(url)
    },
  },
  {
    name: 'axios-retry',
    label: 'axios-retry defaults',
    async create(scenario) {
      const instance = await axiosWith(scenario)
      const { default: axiosRetry } = await import('axios-retry')
      axiosRetry(instance)
      return (url) => instance.get(url)
    },
  },
  {
    name: 'axios-retry-exponential',
    label: 'axios-retry 3, exponential, timeouts too',
    isQuick: true,
    async create(scenario) {
      const instance = await axiosWith(scenario)
      const { default: axiosRetry } = await import('axios-retry')
      axiosRetry(instance, {
        retries: 3,
        retryDelay: (count, error) => axiosRetry.exponentialDelay(count, error),
        shouldResetTimeout: true,
        retryCondition: (error) => axiosRetry.isNetworkOrIdempotentRequestError(error) || error.code === 'ECONNABORTED',
      })
      return (url) => instance.get(url)
    },
  },
  {
    name: 'ky',
    label: 'ky defaults',
    async create({ attemptTimeoutMs }) {
      const { default: ky } = await import('ky')
      const client = ky.create({ timeout: attemptTimeoutMs })
      return (url) => client.get(url).arrayBuffer()
    },
  },
  {
    name: 'p-retry',
    label: 'p-retry defaults over fetch',
    async create({ attemptTimeoutMs }) {
      const { default: pRetry } = await import('p-retry')
      return (url) => pRetry(() => fetchOnce(url, AbortSignal.timeout(attemptTimeoutMs)))
    },
  },
  {
    name: 'undici',
    label: 'undici RetryAgent defaults',
    async create({ attemptTimeoutMs }) {
      const { Agent, request, RetryAgent } = await import('undici')
      const dispatcher = new RetryAgent(new Agent({ headersTimeout: attemptTimeoutMs, bodyTimeout: attemptTimeoutMs }))
      return async (url) => {
        const { statusCode, body } = await request(url, { dispatcher })
        await body.dump()
        if (statusCode >= 400) throw new Error(`status ${statusCode}`)
      }
    },
  },
  {
    name: 'cockatiel',
    label: 'cockatiel retry 3 + breaker 5 in a row, 10 s',
    async create({ attemptTimeoutMs }) {
      const {
        circuitBreaker,
        ConsecutiveBreaker,
        ExponentialBackoff,
        handleAll,
        retry,
        timeout,
        TimeoutStrategy,
        wrap,
      } = await import('cockatiel')
      const policy = wrap(
        retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
        circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
        timeout(attemptTimeoutMs, TimeoutStrategy.Aggressive),
      )
      return (url) => policy.execute(({ signal }) => fetchOnce(url, signal))
    },
  },
  {
    name: 'opossum',
    label: 'opossum defaults, no retry',
    async create({ attemptTimeoutMs }) {
      const { default: CircuitBreaker } = await import('opossum')
      const breaker = new CircuitBreaker((url: string) => fetchOnce(url, AbortSignal.timeout(attemptTimeoutMs)), {
        timeout: attemptTimeoutMs,
      })
      return (url) => breaker.fire(url)
    },
  },
]
