export { wrapFetch, type ResilientFetch, type ResilientInit } from './adapters/fetch.ts'
export { FetchCall, type Fetch, type FetchCallInit } from './adapters/fetch-call.ts'
export { constant, exponential, fullJitter, type Backoff } from './backoff.ts'
export {
  Outcome,
  rejected,
  type Attempt,
  type Call,
  type GivenRequest,
  type PackedAnswer,
  type Permit,
  type Rejection,
  type Transport,
} from './call.ts'
export type { CallLimits } from './call-limits.ts'
export type { CallOptions } from './call-options.ts'
export type { BaseCallOptions, Priority } from './call-overrides.ts'
export { callReport } from './call-report.ts'
export type { Classification } from './classification.ts'
export { classify, type ClassifyContext } from './classify.ts'
export type { ClassifyOverride } from './classify-override.ts'
export { systemClock, type Clock, type TimerHandle } from './clock.ts'
export { HoldfastError, isHoldfastError, type HoldfastErrorInit, type RejectionCode } from './errors.ts'
export { onPolicyEvent } from './events.ts'
export type {
  BreakerReason,
  BreakerState,
  PolicyEvent,
  PolicyEventName,
  PolicyEvents,
  PolicyListener,
} from './events.ts'
export type { IdempotencyOptions, KeyRequest } from './idempotency-option.ts'
export type { Cell, KeyLimits, KeyState } from './keyed-state.ts'
export { originOf } from './origin.ts'
export {
  createPolicy,
  getPolicy,
  Policy,
  type ExecuteOptions,
  type PolicyFork,
  type StrategyDescription,
  type WrapOptions,
} from './policy.ts'
export type { ClientRequest } from './policy-core.ts'
export type { PolicyDefinition } from './policy-definition.ts'
export type { PolicyHealth } from './policy-health.ts'
export type { PolicySnapshot } from './policy-snapshot.ts'
export { PRESETS, type Preset, type PresetName } from './presets/presets.ts'
export { standardPolicy, type StandardPolicyOptions, type StandardStrategies } from './presets/standard.ts'
export { etsyHeaders, readQuotas, type ProviderHeaders, type ProviderQuota, type QuotaView } from './rate-headers.ts'
export { systemRandom, type Random } from './random.ts'
export { headOfHeaders, headOfResponse, type ResponseHead } from './response-head.ts'
export { defineStrategy, type Environment, type Layer, type Next, type Strategy } from './strategy.ts'
export type { BreakerLink, BreakerShare, FollowingBreaker } from './breaker-share.ts'
export type { PermitStore, SharedBy, SharedLimit, SharedPermits } from './permit-store.ts'
export { adaptiveThrottle, type AdaptiveThrottleOptions } from './strategies/adaptive-throttle.ts'
export { attemptTimeout, type AttemptTimeoutOptions } from './strategies/attempt-timeout.ts'
export {
  circuitBreaker,
  type CircuitBreakerCallOptions,
  type CircuitBreakerOptions,
} from './strategies/circuit-breaker.ts'
export { concurrency, type ConcurrencyInit, type ConcurrencyOptions } from './strategies/concurrency.ts'
export { deadline, type DeadlineOptions } from './strategies/deadline.ts'
export { fallback, type Failure, type FallbackOptions } from './strategies/fallback.ts'
export {
  rateLimit,
  type RateLimitCallOptions,
  type RateLimitInit,
  type RateLimitOptions,
  type RateWindow,
} from './strategies/rate-limit.ts'
export { retryBudget } from './strategies/retry-budget.ts'
export type { RetryBudgetOptions } from './retry-budget.ts'
export { retry, type RetryCallOptions, type RetryOptions } from './strategies/retry.ts'
export { serverGate, type ServerGateCallOptions, type ServerGateOptions } from './strategies/server-gate.ts'
export type { AttemptRecord, CallReport, StopReason, TraceStep } from './trace.ts'
