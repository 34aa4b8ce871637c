import { createPolicy, circuitBreaker, deadline, retry, wrapFetch } from '@holdfast/core'
import { deadLetters } from '@holdfast/dead-letter'
import { bullProcessor, bullSink } from '@holdfast/dead-letter/bullmq'
import { createFaultServer, json, respond } from '@holdfast/fault-server'
import { isMissing, startRedis, type Service } from '@holdfast/test-services'
import * as bullmq from 'bullmq'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { letter } from './letters.ts'

describe.skipIf(isMissing('redis-server', 'redis-server'))('BullMQ takes over', () => {
  let service: Service

  beforeAll(async () => {
    service = await startRedis()
  })

  afterAll(async () => {
    await service.stop()
  })

  it('sends a failed call again with its key, also after a refusal and a failure, and fails for good what is unsafe', async () => {
    const connection = { host: '127.0.0.1', port: service.port }
    const queue = new bullmq.Queue('dead-letters', { connection })
    const server = await createFaultServer({
      script: [respond(503), respond(503), json({ ok: true })],
      journal: { headers: ['idempotency-key'] },
    })
    const sink = bullSink({ queue, job: { attempts: 3, backoff: { type: 'fixed', delay: 10 } } })
    const policy = createPolicy({
      name: 'shop',
      idempotencyKey: 'auto',
      strategies: [deadLetters({ queue: sink }), deadline(), retry({ maxRetries: 0 }), circuitBreaker()],
    })
    const upstreams = { shop: { origin: server.url, policy } }
    const response = await wrapFetch(policy)(`${server.url}/orders`, { method: 'POST', body: 'x' })
    expect(response.status).toBe(503)
    // Added twice, it is one job.
    const twice = letter({ origin: new URL(server.url).origin, idempotencyKey: undefined })
    await sink.add(twice)
    await sink.add(twice)
    expect(await queue.getJobCountByTypes('waiting')).toBe(2)

    policy.forceOpen('maintenance')
    const worker = new bullmq.Worker('dead-letters', bullProcessor({ upstreams, bullmq }), {
      connection,
      maxStalledCount: 10,
    })
    const failed = vi.fn()
    worker.on('failed', (job, error) => {
      failed(job?.id, error.message)
    })
    await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBe(1), { timeout: 5_000 })
    expect(server.journal.entries).toHaveLength(1)
    policy.reset()
    await vi.waitFor(async () => expect(await queue.getCompletedCount()).toBe(1), { timeout: 10_000 })
    const sends = server.journal.entries
    expect(sends.map(({ status }) => status)).toEqual([503, 503, 200])
    expect(new Set(sends.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(failed).toHaveBeenCalledWith(twice.id, 'not sent again: unsafe')
    expect(await queue.getFailedCount()).toBe(1)
    await worker.close()
    await queue.close()
    await server.close()
    policy.close()
  })

  it('says so when it takes nothing', async () => {
    const broken = bullSink({ queue: { add: () => Promise.reject(new Error('gone')) } })
    await expect(broken.add(letter())).rejects.toMatchObject({ code: 'database' })
  })
})
