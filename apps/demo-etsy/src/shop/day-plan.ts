import { chanceOf } from '@holdfast/fault-server'
import { createDraft } from './create-draft.ts'
import { improveSeo } from './improve-seo.ts'
import type { Job } from './job.ts'
import { updateStock } from './update-stock.ts'

/** A job and when it is due, milliseconds from the start of the day. */
export interface PlannedJob {
  readonly atMs: number
  readonly job: Job
}

/** How often recurring work is due, milliseconds; a round is left out while the one before has not ended. */
export const pollReceiptsEveryMs = 1_000
/** As above. */
export const syncListingsEveryMs = 6_000

const updateStockEveryMs = 1_200
const improveSeoEveryMs = 500
const createDraftEveryMs = 3_500
/** The provider answers 500 to every update of this listing; nobody knows that when the day starts. */
const troublesomeListingId = 1_013

/** The one-off jobs of a day, the same for the same seed; nothing new starts in its last two seconds. */
export function planDay(dayLengthMs: number, seed: number): PlannedJob[] {
  const untilMs = dayLengthMs - 2_000
  const planned: PlannedJob[] = [
    { atMs: dayLengthMs - 2_500, job: improveSeo('troublesome', troublesomeListingId, ['mug', 'blue']) },
    { atMs: 900, job: createDraft(0, 'Mug <large>, 100% clay') },
  ]
  for (let number = 1; number * updateStockEveryMs < untilMs; number += 1) {
    const quantity = 1 + Math.floor(chanceOf(seed, `stock-${number}`) * 30)
    planned.push({ atMs: number * updateStockEveryMs, job: updateStock(number, 1_040 + (number % 60), quantity) })
  }
  for (let number = 1; number * improveSeoEveryMs < untilMs; number += 1) {
    const job = improveSeo(String(number), 1_020 + (number % 80), ['mug', `glaze-${number}`])
    planned.push({ atMs: number * improveSeoEveryMs + 130, job })
  }
  for (let number = 1; number * createDraftEveryMs < untilMs; number += 1) {
    planned.push({ atMs: number * createDraftEveryMs + 70, job: createDraft(number, `Mug of the week ${number}`) })
  }
  return planned
}
