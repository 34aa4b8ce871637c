import type { Case } from './case.ts'

const TIMEOUT_MS = 10_000
const URL_TEXT = 'https://api.example.com/listings/1'
const INIT = { status: 200, headers: { 'content-type': 'application/json' } }

const stubFetch: typeof fetch = async () => new Response('{"id":1,"title":"mug"}', INIT)

const stub = (name: string, label: string, create: Case['create'], isOurs = false): Case => ({
  name,
  label,
  group: 'fetch',
  isOurs,
  create,
})

/** A fetch that answers at once, bare and under what wraps fetch; the body is read to its end. */
export const FETCH_CASES: readonly Case[] = [
  stub('fetch-bare', 'stub fetch', async () => async () => (await stubFetch(URL_TEXT)).text()),
  stub('fetch-ours', '+ holdfast wrapFetch, standard + rate limit', async () => {
    const { standardPolicy, wrapFetch } = await import('@holdfast/core')
    const get = wrapFetch(standardPolicy({ name: 'bench', rateLimit: { permits: 1e9, perMs: 1_000 } }), stubFetch)
    return async () => (await get(URL_TEXT)).text()
  }),
  stub('fetch-cockatiel', '+ cockatiel wrap(retry, breaker, timeout)', async () => {
    const { circuitBreaker, ExponentialBackoff, handleAll, retry, SamplingBreaker, timeout, TimeoutStrategy, wrap } =
      await import('cockatiel')
    const policy = wrap(
      retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
      circuitBreaker(handleAll, {
        halfOpenAfter: 10_000,
        breaker: new SamplingBreaker({ threshold: 0.5, duration: 30_000 }),
      }),
      timeout(TIMEOUT_MS, { strategy: TimeoutStrategy.Cooperative, abortOnReturn: false }),
    )
    return async () => (await policy.execute(({ signal }) => stubFetch(URL_TEXT, { signal }))).text()
  }),
  stub('fetch-ky', '+ ky defaults (retry 2, timeout 10 s)', async () => {
    const { default: ky } = await import('ky')
    const client = ky.create({ fetch: stubFetch })
    return () => client.get(URL_TEXT).text()
  }),
]
