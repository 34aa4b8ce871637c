export { BodyCipher, type BodyCipherOptions } from './body-cipher.ts'
export { DeadLetterError, isDeadLetterError, type DeadLetterErrorCode } from './dead-letter-error.ts'
export { deadLetters, type DeadLetterCallOptions, type DeadLettersOptions, type FailedCall } from './dead-letters.ts'
export {
  LETTER_STATUSES,
  type BodyState,
  type DeadLetter,
  type LetterErrorClass,
  type LetterStatus,
  type NewDeadLetter,
} from './letter.ts'
export type {
  Claim,
  ClaimOptions,
  DeadLetterQueue,
  DeadLetterSink,
  LetterFilter,
  ListOptions,
  OrderPolicy,
  QueueStats,
  ReleaseOptions,
  ReplayFailure,
} from './queue.ts'
export { Replayer } from './replayer.ts'
export type { ReplayEvent, ReplaySummary } from './replay-event.ts'
export type { ReplayBackoff } from './backoff.ts'
export type { ReplayerOptions } from './replayer-options.ts'
export { sendLetter, type ReplayResult, type SendOptions } from './send-letter.ts'
export type { ReplayCredentials, ReplayRequest, Upstream, Upstreams } from './upstream.ts'
export { watchGrowth, type GrowthAlert, type GrowthWatchOptions } from './growth-alert.ts'
export { letterFromJson, letterToJson, type LetterJson } from './handover.ts'
