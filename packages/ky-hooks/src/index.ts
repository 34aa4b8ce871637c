export { kyHooks, type KyExtension, type KyHooksOptions } from './ky-hooks.ts'
export type { KyResilience } from './resilience-option.ts'
export type { TimeoutErrorClass } from './timeout-error.ts'
