import {
  attemptTimeout,
  createPolicy,
  deadline,
  retry,
  type Policy,
  type PolicyDefinition,
  type Strategy,
} from '@holdfast/core'
import { createFaultServer, type FaultServer, type FaultServerOptions } from '@holdfast/fault-server'
import type { AxiosError } from 'axios'
import { onTestFinished } from 'vitest'

/** A server that keeps request headers and bodies, closed when the test ends. */
export const serve = async (options: FaultServerOptions): Promise<FaultServer> => {
  const headers = [
    'authorization',
    'idempotency-key',
    'x-request-key',
    'content-type',
    'content-length',
    'user-agent',
    'x-sign',
    'x-count',
    'accept',
    'transfer-encoding',
  ]
  const server = await createFaultServer({ journal: { headers, bodies: true }, ...options })
  onTestFinished(async () => {
    await server.close()
  })
  return server
}

let policies = 0

export interface QuickOptions {
  readonly maxRetries?: number
  readonly baseMs?: number
  readonly deadlineMs?: number
  readonly attemptMs?: number
  readonly bodyIdleMs?: number
  /** Stands innermost. */
  readonly extra?: readonly Strategy[]
  readonly idempotencyKey?: PolicyDefinition['idempotencyKey']
}

/** A policy that retries almost at once, so that tests on real sockets stay short. */
export const quickPolicy = (options: QuickOptions = {}): Policy => {
  const {
    maxRetries = 2,
    baseMs = 1,
    deadlineMs = 5_000,
    attemptMs = 2_000,
    bodyIdleMs = 2_000,
    extra = [],
    idempotencyKey,
  } = options
  policies += 1
  const policy = createPolicy({
    name: `test-${policies}`,
    strategies: [
      deadline({ afterMs: deadlineMs }),
      retry({ maxRetries, baseMs, throttledBaseMs: 1 }),
      ...extra,
      attemptTimeout({ afterMs: attemptMs, bodyIdleMs }),
    ] as const,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  })
  onTestFinished(() => {
    policy.close()
  })
  return policy
}

/** The error of a call that must fail. */
export const failure = async (call: Promise<unknown>): Promise<AxiosError> => {
  try {
    await call
  } catch (error) {
    return error as AxiosError
  }
  throw new Error('the call succeeded, but had to fail')
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `condition` holds, at most two seconds. */
export const until = async (condition: () => boolean): Promise<void> => {
  const endMs = performance.now() + 2_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error('the condition did not come true within 2 s')
    await pause(5)
  }
}
