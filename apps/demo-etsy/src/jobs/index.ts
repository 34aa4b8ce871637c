export {
  type Job,
  type JobFailure,
  type JobHandler,
  type JobPriority,
  type JobRun,
  type JobState,
  type JournalEntry,
  type Pause,
  RunLater,
} from './job.ts'
export { JobRunner, type JobRunnerOptions, reasonOf } from './job-runner.ts'
export { JobStore } from './job-store.ts'
