import { callReport, createPolicy, isHoldfastError, retry } from '@holdfast/core'
import { drip, reset, respond, stall, text } from '@holdfast/fault-server'
import { isNetworkError } from 'ky'
import { describe, expect, it } from 'vitest'
import { attached, COPIES, failure, KY_2, pause, quickPolicy, serve, until, withResilience } from './support.ts'

const dripping = drip(text('x'.repeat(200)), { chunkBytes: 1, everyMs: 25 })

describe.each(COPIES)('ky $version', (copy) => {
  const { TimeoutError } = copy

  it.each(['of the instance', 'of the call'])(
    'case 58: the timeout %s bounds an attempt, and the next one has its own',
    async (where) => {
      const { url, journal } = await serve(stall(), stall(), text('ok'))
      const timeout = { timeout: 300 }
      const api = attached(copy, quickPolicy(), where === 'of the instance' ? timeout : {})
      const startedMs = performance.now()
      expect(await api.get(url, where === 'of the call' ? timeout : {}).text()).toBe('ok')
      expect(journal.count()).toBe(3)
      expect(performance.now() - startedMs).toBeGreaterThan(590)
      await until(() => journal.entries.slice(0, 2).every(({ clientLeft }) => clientLeft))
    },
  )

  it('case 58: attempts together may take longer than the timeout of ky', async () => {
    const { url, journal } = await serve(respond(503, { delayMs: 250 }), respond(503, { delayMs: 250 }), text('ok'))
    expect(await attached(copy, quickPolicy(), { timeout: 400 }).get(url).text()).toBe('ok')
    expect(journal.count()).toBe(3)
  })

  it('case 60: an attempt timeout is a TimeoutError of the same ky, with our error as its cause', async () => {
    const { url, journal } = await serve(stall())
    const error = await failure(attached(copy, quickPolicy({ maxRetries: 1, attemptMs: 150 })).get(url))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(copy.isTimeoutError(error)).toBe(true)
    expect(error.request.url).toContain(url)
    expect(isHoldfastError(error.cause) && error.cause.code).toBe('attempt-timeout')
    expect(Object.keys(error)).not.toContain('cause')
    expect(callReport(error)?.attempts.map(({ code }) => code)).toEqual(['attempt-timeout', 'attempt-timeout'])
    await until(() => journal.entries.every(({ clientLeft }) => clientLeft))
  })

  it('case 58 and 60: the deadline of the policy bounds the whole call, as a TimeoutError', async () => {
    const { url, journal } = await serve(stall())
    const startedMs = performance.now()
    const error = await failure(attached(copy, quickPolicy({ deadlineMs: 300 })).get(url))
    expect(performance.now() - startedMs).toBeLessThan(3_000)
    expect(error).toBeInstanceOf(TimeoutError)
    expect(callReport(error)?.attempts).toHaveLength(1)
    await until(() => journal.entries[0]?.clientLeft === true)
  })

  it('case 59: reading a dripping body is bounded by the deadline', async () => {
    const { url, journal } = await serve(dripping)
    const api = attached(copy, quickPolicy({ deadlineMs: 500 }))
    const startedMs = performance.now()
    expect(await failure(api.get(url).json())).toBeInstanceOf(TimeoutError)
    expect(performance.now() - startedMs).toBeLessThan(3_000)
    expect(await failure((await api.get(url)).text())).toBeInstanceOf(TimeoutError)
    await until(() => journal.entries.every(({ clientLeft }) => clientLeft))
  })

  it('case 64: an abort ends a backoff at once, with the reason of the caller', async () => {
    const { url, journal } = await serve(respond(503, { headers: { 'retry-after': '5' } }))
    const controller = new AbortController()
    const pending = failure(attached(copy, quickPolicy()).get(url, { signal: controller.signal }))
    await until(() => journal.count() === 1)
    await pause(50)
    const reason = { why: 'left' }
    const startedMs = performance.now()
    controller.abort(reason)
    expect(await pending).toBe(reason)
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(journal.count()).toBe(1)
  })

  it('case 64: an abort in flight and during the body reaches the wire', async () => {
    const { url, journal } = await serve(stall(), dripping)
    for (const phase of ['headers', 'body']) {
      const controller = new AbortController()
      const call = attached(copy, quickPolicy()).get(url, { signal: controller.signal })
      const pending = failure(phase === 'body' ? call.then((response) => response.text()) : call)
      await until(() => journal.count() === (phase === 'headers' ? 1 : 2))
      if (phase === 'body') await call
      controller.abort(new Error(phase))
      expect((await pending).message).toBe(phase)
      await until(() => journal.entries.at(-1)?.clientLeft === true)
    }
  })

  it('case 60: a failure of the network keeps the class that ky gives it', async () => {
    const { url, journal } = await serve(reset('after-reading'))
    const error = await failure(attached(copy, quickPolicy({ maxRetries: 1 })).get(url))
    const stock = await failure(copy.ky.get(url, { retry: 0 }))
    expect(error.constructor).toBe(stock.constructor)
    expect([error.name, error.message]).toEqual([stock.name, stock.message])
    if (copy.major === 2) expect(isNetworkError(error)).toBe(true)
    expect(callReport(error)?.attempts).toHaveLength(2)
    expect(journal.count()).toBe(3)
  })

  it('without an attempt timeout in the policy, the timeout of ky is one all the same', async () => {
    const { url } = await serve(stall(), text('ok'))
    const policy = createPolicy({ name: 'retry-only', strategies: [retry({ baseMs: 1 })] })
    expect(await attached(copy, policy, { timeout: 200 }).get(url).text()).toBe('ok')
    policy.close()
  })

  it('timeout: false leaves an attempt to the deadline; the limit of the call wins over that of ky', async () => {
    const { url, journal } = await serve(stall())
    const api = attached(copy, quickPolicy({ attemptMs: 100, deadlineMs: 400, maxRetries: 1 }), { timeout: false })
    const error = await failure(api.get(url))
    expect(callReport(error)?.attempts.map(({ code }) => code)).toEqual(['deadline-exceeded'])
    journal.clear()
    const resilience = withResilience({ attemptTimeout: { afterMs: 120 } })
    const second = await failure(api.get(url, { ...resilience, timeout: 5_000 }))
    expect(callReport(second)?.attempts.map(({ code }) => code)).toEqual(['attempt-timeout', 'attempt-timeout'])
  })
})

describe('totalTimeout, on ky 2', () => {
  it('case 58: bounds all attempts and waits', async () => {
    const { url } = await serve(respond(503, { delayMs: 120 }))
    const startedMs = performance.now()
    const api = attached(KY_2, quickPolicy({ maxRetries: 50 }), { totalTimeout: 500 })
    const error = await failure(api.get(url))
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    // The policy knows what is left, so the last real answer may come instead of the end of time.
    expect(['TimeoutError', 'HTTPError']).toContain(error.name)
    const { url: silent } = await serve(stall())
    expect(await failure(api.get(silent))).toBeInstanceOf(KY_2.TimeoutError)
  })

  it('holds for a policy without a deadline', async () => {
    const { url, journal } = await serve(stall())
    const policy = createPolicy({ name: 'no-deadline', strategies: [retry({ baseMs: 1 })] })
    const startedMs = performance.now()
    const error = await failure(attached(KY_2, policy, { totalTimeout: 300 }).get(url))
    expect(error).toBeInstanceOf(KY_2.TimeoutError)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    await until(() => journal.entries[0]?.clientLeft === true)
    policy.close()
  })

  it('the deadline of the policy bounds hooks and ky.retry() as well', async () => {
    const { url } = await serve(respond(401))
    const api = attached(KY_2, quickPolicy({ deadlineMs: 400 }), {
      hooks: { afterResponse: [() => KY_2.ky.retry({ delay: 150 })] },
      retry: 20,
    })
    const startedMs = performance.now()
    expect(await failure(api.get(url))).toBeInstanceOf(KY_2.TimeoutError)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })
})

describe('the timeout of ky 2 over a body', () => {
  it('case 59: bounds .json() as in stock ky, through beforeError', async () => {
    const { url, journal } = await serve(dripping)
    const seen: Error[] = []
    const hooks = { beforeError: [({ error }: { error: Error }) => (seen.push(error), error)] }
    const startedMs = performance.now()
    const error = await failure(attached(KY_2, quickPolicy(), { timeout: 400, hooks }).get(url).json())
    expect(error).toBeInstanceOf(KY_2.TimeoutError)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect(seen).toEqual([error])
    await until(() => journal.entries[0]?.clientLeft === true)
  })

  it('leaves the body of an awaited response alone, as in stock ky', async () => {
    const { url } = await serve(drip(text('x'.repeat(10)), { chunkBytes: 1, everyMs: 60 }))
    const response = await attached(KY_2, quickPolicy(), { timeout: 300 }).get(url)
    expect(await response.text()).toBe('x'.repeat(10))
  })

  it('bounds the body of an error, and error.data stays empty', async () => {
    const { url } = await serve(drip(text('x'.repeat(200), { status: 404 }), { chunkBytes: 1, everyMs: 25 }))
    const startedMs = performance.now()
    const error = await failure(attached(KY_2, quickPolicy(), { timeout: 400 }).get(url))
    expect([error.name, error.data]).toEqual(['HTTPError', undefined])
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })
})

it('without a class given, the TimeoutError is that of the installed ky', async () => {
  const { url } = await serve(stall())
  const { kyHooks } = await import('../src/index.ts')
  const api = KY_2.ky.extend(kyHooks(quickPolicy({ maxRetries: 0, attemptMs: 100 })))
  expect(await failure(api.get(url))).toBeInstanceOf(KY_2.TimeoutError)
})
