import type { DayFigures } from './measure.ts'

/** One thing that Holdfast promises, and whether the day showed it. */
export interface PromiseCheck {
  readonly promise: string
  readonly isKept: boolean
  /** What was measured. */
  readonly measured: string
}

const maxRequestsPerCall = 1.1
const maxRecoveryMs = 10_000

/** Compares the figures of the day with Holdfast with what it promises; promises about an outage only where there was one. */
export function checkPromises(figures: DayFigures): PromiseCheck[] {
  const { orders, jobs, duplicateWrites, outage, recoveryMs, outlivedDeadline, parked } = figures
  const ended = jobs.completed + parked.filter((job) => job.reason !== '').length
  const checks: PromiseCheck[] = [
    { promise: 'no duplicate write', isKept: duplicateWrites.total === 0, measured: String(duplicateWrites.total) },
    {
      promise: 'one e-mail per shipped order',
      isKept: orders.emails === orders.shipped && orders.mostEmailsForOneOrder <= 1,
      measured: `${orders.emails} for ${orders.shipped} orders`,
    },
    {
      promise: 'every job completed, or parked with a reason',
      isKept: ended === jobs.total,
      measured: `${ended} of ${jobs.total}`,
    },
    { promise: 'no call outlived its deadline', isKept: outlivedDeadline === 0, measured: String(outlivedDeadline) },
  ]
  if (outage !== null) {
    checks.push({
      promise: `at most ${maxRequestsPerCall} requests per call in the outage`,
      isKept: outage.requestsPerCall <= maxRequestsPerCall,
      measured: outage.requestsPerCall.toFixed(2),
    })
  }
  if (recoveryMs !== null) {
    checks.push({
      promise: `back to normal within ${maxRecoveryMs / 1_000} s of the repair`,
      isKept: recoveryMs !== 'never' && recoveryMs <= maxRecoveryMs,
      measured: recoveryMs === 'never' ? 'never' : `${recoveryMs / 1_000} s`,
    })
  }
  return checks
}
