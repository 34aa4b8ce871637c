import { attemptTimeout, createPolicy, deadline, retry, type Policy, type Strategy } from '@holdfast/core'
import { createFaultServer, type FaultServer, type FaultServerOptions } from '@holdfast/fault-server'
import * as ky2 from 'ky'
import type { HTTPError, KyInstance, Options } from 'ky'
import * as ky13 from 'ky-1.13'
import * as ky14 from 'ky-1.14'
import { onTestFinished } from 'vitest'
import { kyHooks, type KyResilience, type TimeoutErrorClass } from '../src/index.ts'

/** One installed ky: its default export and the classes its errors are made of. */
export interface KyCopy {
  readonly version: string
  readonly major: 1 | 2
  readonly ky: KyInstance
  readonly TimeoutError: TimeoutErrorClass
  readonly HTTPError: abstract new (...args: never[]) => Error
  readonly isTimeoutError: (error: unknown) => boolean
  readonly isHTTPError: (error: unknown) => boolean
}

interface KyModule extends Omit<KyCopy, 'version' | 'major' | 'ky'> {
  readonly default: unknown
}

const copy = (version: string, module: KyModule): KyCopy => ({
  version,
  major: version.startsWith('1') ? 1 : 2,
  // ky 1 differs in options that these tests leave alone.
  ky: module.default as KyInstance,
  TimeoutError: module.TimeoutError,
  HTTPError: module.HTTPError,
  isTimeoutError: module.isTimeoutError,
  isHTTPError: module.isHTTPError,
})

export const KY_2 = copy('2.1.0', ky2)
export const KY_14 = copy('1.14.3', ky14)
export const KY_13 = copy('1.13.0', ky13)
/** Every version the package is tested on. */
export const COPIES = [KY_2, KY_14, KY_13] as const

/** A server that keeps request headers and bodies, closed when the test ends. */
export const serve = async (...script: NonNullable<FaultServerOptions['script']>): Promise<FaultServer> => {
  const headers = ['authorization', 'idempotency-key', 'content-type', 'content-length', 'transfer-encoding', 'accept']
  const server = await createFaultServer({ script, journal: { headers, bodies: true } })
  onTestFinished(async () => {
    await server.close()
  })
  return server
}

let policies = 0

export interface QuickOptions {
  readonly maxRetries?: number
  readonly deadlineMs?: number
  readonly attemptMs?: number
  /** Stands innermost. */
  readonly extra?: readonly Strategy[]
  readonly idempotencyKey?: 'auto'
}

/** A policy that retries almost at once, so that tests on real sockets stay short. */
export const quickPolicy = (options: QuickOptions = {}): Policy => {
  const { maxRetries = 2, deadlineMs = 10_000, extra = [], idempotencyKey } = options
  const { attemptMs = Math.min(8_000, deadlineMs) } = options
  policies += 1
  const policy = createPolicy({
    name: `test-${policies}`,
    strategies: [
      deadline({ afterMs: deadlineMs }),
      retry({ maxRetries, baseMs: 1, throttledBaseMs: 1 }),
      ...extra,
      attemptTimeout({ afterMs: attemptMs }),
    ] as const,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  })
  onTestFinished(() => {
    policy.close()
  })
  return policy
}

/** An instance of this copy with the policy under it. */
export const attached = (copy: KyCopy, policy: Policy, defaults: Options = {}): KyInstance =>
  copy.ky.create(defaults).extend(kyHooks(policy, { TimeoutError: copy.TimeoutError }))

/** Options for the policy where the types of the strategies are not the standard ones. */
export const withResilience = (resilience: KyResilience | false): Options => ({ resilience })

/** The error of a call that must fail. */
export const failure = async (call: PromiseLike<unknown>): Promise<HTTPError> => {
  try {
    await call
  } catch (error) {
    return error as HTTPError
  }
  throw new Error('the call succeeded, but had to fail')
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `condition` holds, at most five seconds. */
export const until = async (condition: () => boolean): Promise<void> => {
  const endMs = performance.now() + 5_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error('the condition did not come true within 5 s')
    await pause(5)
  }
}
