export { degradationHealth, degrade, type DegradationState, type Degraded, type DegradeOptions } from './degrade.ts'
export {
  memorySwitches,
  openFeatureSwitches,
  type FlagClient,
  type MemorySwitches,
  type OpenFeatureOptions,
  type SwitchProvider,
} from './kill-switches.ts'
export { killSwitches, type SharedSwitches, type SwitchStore } from './shared-switches.ts'
export { settleEach, type Failed, type Settled, type SettleEachOptions, type Succeeded } from './settle-each.ts'
