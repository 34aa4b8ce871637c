export { gcraStep, type GcraStep } from './gcra-step.ts'
export { memoryStore } from './memory-store.ts'
export { quotaGap, quotaStep, type QuotaCounts, type QuotaStep } from './quota-step.ts'
export type { Follower, Notice } from './board.ts'
export type { OnStoreDown } from './rate-lease.ts'
export { sharedState, type SharedState, type SharedStateOptions } from './shared-state.ts'
export type { StoreChange } from './store-guard.ts'
export type {
  Durability,
  PutOptions,
  Reserved,
  SeenQuota,
  StateStore,
  StoreQuota,
  StoreRate,
  Taken,
} from '../state-store.ts'
