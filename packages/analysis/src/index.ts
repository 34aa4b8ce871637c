export type { SourceComment } from './syntax/nodes.ts'
export { analyseFile, analyseModel, type FileAnalysis, type Finding, type Suggestion } from './model/analysis.ts'
export { isExempt } from './model/environment.ts'
export type { KnownFile } from './model/known-file.ts'
export type { EachNode, SourceFile } from './model/source-file.ts'
export {
  noFacts,
  type ExportFact,
  type InstanceUse,
  type ProjectFacts,
  type UsageFact,
  type WrapperFact,
} from './model/project-facts.ts'
export { findBareCatches, type BareCatchOptions } from './detectors/bare-catch.ts'
export { findMissingTimeouts, type MissingTimeoutOptions } from './detectors/missing-timeout.ts'
export { findMissingRetries, type MissingRetryOptions } from './detectors/missing-retry.ts'
export { findFixedDelays, type FixedDelayOptions } from './detectors/fixed-delay-retry.ts'
export { findUnboundedRetries, type UnboundedRetryOptions } from './detectors/unbounded-retry.ts'
export { findClientErrorRetries, type ClientErrorRetryOptions } from './detectors/client-error-retry.ts'
export { findUnsafeRetries, type UnsafeRetryOptions } from './detectors/unsafe-retry.ts'
export { findIgnoredRetryAfter, type IgnoredRetryAfterOptions } from './detectors/ignored-retry-after.ts'
export { findUncheckedResponses, type UncheckedResponseOptions } from './detectors/unchecked-response.ts'
export { findUnboundedFanOut, type UnboundedFanOutOptions } from './detectors/unbounded-fan-out.ts'
export { findBreakersWithoutFallback, type BreakerFallbackOptions } from './detectors/breaker-fallback.ts'
export { findNestedRetries } from './detectors/nested-retry.ts'
export { findTimerLeaks } from './detectors/timer-leak.ts'
export { findUnstructuredErrorLogs, type ErrorLogOptions } from './detectors/unstructured-error-log.ts'
export type { CallOptions } from './detectors/reportable-call.ts'
export { parseCallMap, type CallMap } from './call-map/format.ts'
export { factsFromCallMap } from './call-map/read.ts'
export { findStacksInResponses } from './detectors/stack-in-response.ts'
export { findLostCauses, type LostCauseOptions } from './detectors/lost-cause.ts'
export { findSecretsInLogs, type SecretLogOptions } from './detectors/secret-in-log.ts'
export { findMisplacedErrors } from './detectors/logger-error-position.ts'
export { findNullsOnError } from './detectors/null-on-error.ts'
export { findBroadCatches, type BroadCatchOptions } from './detectors/broad-catch.ts'
export { findGenericThrows, type GenericThrowOptions } from './detectors/generic-throw.ts'
export { findMissingLogContexts, type LogContextOptions } from './detectors/missing-log-context.ts'
export {
  findFloatingCalls,
  unknownLooseCalls,
  type FloatingCallOptions,
  type LooseCall,
} from './detectors/floating-call.ts'
export { coverageFacts, withInstance } from './call-coverage/call-facts.ts'
export { mayCallSdk } from './call-coverage/sdk-calls.ts'
export {
  MEASURES,
  type CallFacts,
  type CoverageFacts,
  type InstanceFacts,
  type Measure,
} from './call-coverage/facts.ts'
export type { Protection } from './model/project-facts.ts'
