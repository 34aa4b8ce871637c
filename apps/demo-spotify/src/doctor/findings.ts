import type { UserMessage } from '@holdfast/core/service-errors'

export type Area = 'database' | 'oauth' | 'api'

export interface Finding {
  readonly area: Area
  /** Stable name of the check. */
  readonly check: string
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly message: UserMessage
}

/** The exit code names the areas that failed: 10 plus 1 for the database, 2 for the sign-in, 4 for the API; 0 for none. */
const AREA_BITS: Readonly<Record<Area, number>> = { database: 1, oauth: 2, api: 4 }

export const exitCodeOf = (findings: readonly Finding[]): number => {
  const bits = findings.filter(({ status }) => status === 'failed').reduce((sum, { area }) => sum | AREA_BITS[area], 0)
  return bits === 0 ? 0 : 10 + bits
}

export const good = (area: Area, check: string, what: string): Finding => ({
  area,
  check,
  status: 'ok',
  message: { what, why: '', todo: '' },
})

export const bad = (
  area: Area,
  check: string,
  message: UserMessage,
  status: 'failed' | 'warning' | 'skipped' = 'failed',
): Finding => ({ area, check, status, message })
