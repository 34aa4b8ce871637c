export { KINDS, monthOf, PARTS, RANGES, type Kind, type PartPlan, type Range } from './parts.ts'
export { takeSnapshot, type SnapshotOptions, type SnapshotOutcome, type SnapshotReport } from './take-snapshot.ts'
