import type { HoldfastRule } from '../rule-definition.ts'
import { honorRetryAfter } from './honor-retry-after.ts'
import { loggerErrorPosition } from './logger-error-position.ts'
import { noBareCatch } from './no-bare-catch.ts'
import { noBroadCatch } from './no-broad-catch.ts'
import { noClientErrorRetry } from './no-client-error-retry.ts'
import { noFixedDelayRetry } from './no-fixed-delay-retry.ts'
import { noFloatingCall } from './no-floating-call.ts'
import { noGenericThrow } from './no-generic-throw.ts'
import { noNestedRetry } from './no-nested-retry.ts'
import { noNullOnError } from './no-null-on-error.ts'
import { noSecretInLog } from './no-secret-in-log.ts'
import { noStackInResponse } from './no-stack-in-response.ts'
import { noTimerLeak } from './no-timer-leak.ts'
import { noUnboundedFanOut } from './no-unbounded-fan-out.ts'
import { noUnboundedRetry } from './no-unbounded-retry.ts'
import { noUnsafeRetry } from './no-unsafe-retry.ts'
import { requireBreakerFallback } from './require-breaker-fallback.ts'
import { requireErrorCause } from './require-error-cause.ts'
import { requireLogContext } from './require-log-context.ts'
import { requireResponseCheck } from './require-response-check.ts'
import { requireRetry } from './require-retry.ts'
import { requireTimeout } from './require-timeout.ts'
import { structuredErrorLog } from './structured-error-log.ts'

export const allRules: readonly HoldfastRule[] = [
  honorRetryAfter,
  // Before the rule with which it shares a message, so that the headline rule says it.
  structuredErrorLog,
  loggerErrorPosition,
  noBareCatch,
  noBroadCatch,
  noClientErrorRetry,
  noFixedDelayRetry,
  noFloatingCall,
  noGenericThrow,
  noNestedRetry,
  noNullOnError,
  noSecretInLog,
  noStackInResponse,
  noTimerLeak,
  noUnboundedFanOut,
  noUnboundedRetry,
  noUnsafeRetry,
  requireBreakerFallback,
  requireErrorCause,
  requireLogContext,
  requireResponseCheck,
  requireRetry,
  requireTimeout,
]

export const rules: Readonly<Record<string, HoldfastRule>> = Object.fromEntries(
  allRules.map((rule) => [rule.name, rule]),
)
