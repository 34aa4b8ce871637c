export { countResends } from './count-resends.ts'
export type { LogEmitter, LogEvent } from './log-events.ts'
export { telemetry, type TelemetryOptions } from './telemetry.ts'
