import { describe, expect, it } from 'vitest'
import { FailingServer } from '../failing-server.ts'
import { AWS, MICROSOFT, NAIVE, NO_RETRY } from './model-clients.ts'
import { simulate, type SimulationSetUp } from './simulation.ts'

const setUp = (kind: SimulationSetUp['kind'], failureShare: number, seed = 1): SimulationSetUp => ({
  seed,
  kind,
  clients: 1,
  callsPerSecond: 280,
  attemptTimeoutMs: 1_000,
  endMs: 20_000,
  server: (clock, random) => new FailingServer(clock, random, () => failureShare),
})

describe('simulate', () => {
  it('gives the same run for the same seed and another one for another', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => simulate(setUp(NAIVE, 0.3, seed))))
    expect(again?.summary(0, Infinity)).toEqual(first?.summary(0, Infinity))
    expect(other?.summary(0, Infinity)).not.toEqual(first?.summary(0, Infinity))
  })

  it('offers the same calls to every kind of client', async () => {
    const [patient, naive] = await Promise.all([simulate(setUp(NO_RETRY, 0.3)), simulate(setUp(NAIVE, 0.3))])
    expect(naive.summary(0, Infinity).calls).toBe(patient.summary(0, Infinity).calls)
    expect(patient.summary(0, Infinity).calls / 20).toBeGreaterThan(260)
    expect(patient.summary(0, Infinity).calls / 20).toBeLessThan(300)
  })

  it('sends 1 + 1/2 + 1/4 + 1/8 requests when every second answer is an error', async () => {
    const { calls, requests, successes } = (await simulate(setUp(NAIVE, 0.5))).summary(0, Infinity)
    expect(requests / calls).toBeCloseTo(1.875, 1)
    expect(successes / calls).toBeCloseTo(15 / 16, 1)
  })

  it('lets a breaker at 10 % turn away almost everything at 15 % failures', async () => {
    const { calls, rejected, successes } = (await simulate(setUp(MICROSOFT, 0.15))).summary(0, Infinity)
    expect(successes / calls).toBeLessThan(0.1)
    expect(rejected / calls).toBeGreaterThan(0.9)
  })

  it('stops the bucket of 500 tokens from retrying in a total outage', async () => {
    const { calls, requests } = (await simulate(setUp(AWS, 1))).summary(0, Infinity)
    expect(requests - calls).toBe(Math.floor(500 / 14))
  })
})
