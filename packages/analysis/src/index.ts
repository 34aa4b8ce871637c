export { analyseFile, type FileAnalysis, type Finding, type Suggestion } from './model/analysis.ts'
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
export { findUnstructuredErrorLogs, type ErrorLogOptions } from './detectors/unstructured-error-log.ts'
export type { CallOptions } from './detectors/reportable-call.ts'
export { parseCallMap, type CallMap } from './call-map/format.ts'
export { factsFromCallMap } from './call-map/read.ts'
