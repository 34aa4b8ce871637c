import { setTimeout as wait } from 'node:timers/promises'
import { isServiceError, toServiceError, ValidationError } from '@holdfast/core/service-errors'
import type { CallOptions, EtsyClient, Listing } from '../client/index.ts'
import { type JobHandler, type JobRun, RunLater } from '../jobs/index.ts'
import { needsProfile } from './choose-profile.ts'
import { findCreated } from './find-created.ts'
import { type PublishState, type PublishStep, publishSteps } from './publish-plan.ts'
import { setFirstStock } from './set-first-stock.ts'
import { uploadMissing } from './upload-missing.ts'

/** Times of the saga. */
export interface PublishOptions {
  /** Time after which a create that was sent has happened or never will, ms. Default 5,000. */
  readonly settleMs?: number
  /** Pause between the reads that verify a change, ms. Default 300. */
  readonly verifyEveryMs?: number
}

const mostVerifyReads = 5

/**
 * Publishes a listing: draft, pictures, inventory, check, activate, verify. Every step reads before it writes and its end
 * is on disk before the next begins, so the saga may be killed and run again at any point.
 */
export function publishSaga(client: EtsyClient, options: PublishOptions = {}): JobHandler {
  const { settleMs = 5_000, verifyEveryMs = 300 } = options
  return async (run) => {
    let state = run.data as PublishState
    const call: CallOptions = { priority: run.priority }
    const save = (changed: Partial<PublishState>): void => {
      state = { ...state, ...changed }
      run.save(state)
    }
    const steps: Readonly<Record<PublishStep, () => Promise<void>>> = {
      draft: () => ensureDraft(run, client, () => state, save, settleMs, call),
      images: () => uploadMissing(client, idOf(state), state.plan.images, call, run.journal),
      inventory: () => setFirstStock(client, idOf(state), state.plan, call, run.journal),
      check: () => checkReady(client, idOf(state), call),
      activate: () => activate(client, state, call),
      verify: () => verify(run, client, state, verifyEveryMs, call),
    }
    for (const step of publishSteps.slice(publishSteps.indexOf(state.step))) {
      if (state.step !== step) save({ step })
      await steps[step]()
      run.journal('step-done', { step, listingId: state.listingId })
    }
  }
}

async function ensureDraft(
  run: JobRun<unknown>,
  client: EtsyClient,
  state: () => PublishState,
  save: (changed: Partial<PublishState>) => void,
  settleMs: number,
  call: CallOptions,
): Promise<void> {
  const { listingId, createSentAtMs, marker, plan, reconciliations = 0 } = state()
  if (listingId !== undefined) return
  if (createSentAtMs !== undefined) {
    // The create may still be under way at Etsy: looking too early would miss it.
    const settlesInMs = createSentAtMs + settleMs - run.nowMs()
    if (settlesInMs > 0) throw new RunLater(settlesInMs, 'waiting until the unknown create has settled')
    const found = await findCreated(client, { ...plan, marker }, Math.floor(createSentAtMs / 1_000), call)
    run.journal('reconciled', { found: found?.listingId ?? null })
    save({ reconciliations: reconciliations + 1 })
    if (found !== undefined) {
      save({ listingId: found.listingId })
      return
    }
  }
  save({ createSentAtMs: run.nowMs() })
  const { images: _images, ...fields } = plan
  try {
    const draft = await client.createDraft({ ...fields, tags: [...plan.tags, marker] }, call)
    save({ listingId: draft.listingId })
  } catch (error) {
    if (!isServiceError(error, 'unknown-outcome')) {
      // Etsy has refused it or never got it: nothing to find out. Whatever else may have arrived is read for first.
      const wasRefused =
        isServiceError(error) &&
        (error.category === 'permanent' || error.code === 'rate-limited' || error.code === 'quota-exceeded')
      if (wasRefused) forgetCreate(state(), run)
      if (needsProfile(error)) await offerProfiles(run, client, state(), call)
    } else {
      // It may be under way until now, so the time to settle begins here.
      save({ createSentAtMs: run.nowMs() })
      run.journal('unknown-outcome', { operation: 'createDraftListing', status: error.status })
    }
    throw error
  }
}

function withoutCreate({ createSentAtMs: _sent, ...rest }: PublishState): PublishState {
  return rest
}

function forgetCreate(state: PublishState, run: JobRun<unknown>): void {
  run.save(withoutCreate(state))
}

/** Without the list the refusal stands alone; it is what the person must hear of. */
async function offerProfiles(
  run: JobRun<unknown>,
  client: EtsyClient,
  state: PublishState,
  call: CallOptions,
): Promise<void> {
  try {
    const { results } = await client.readinessStates(call)
    run.save({ ...withoutCreate(state), profileChoices: results })
  } catch (error) {
    run.journal('warning', { what: 'the processing profiles could not be read', code: toServiceError(error).code })
  }
}

async function checkReady(client: EtsyClient, listingId: number, call: CallOptions): Promise<void> {
  const [listing, images] = [await client.listing(listingId, call), await client.images(listingId, call)]
  const issues = [
    ...(images.results.length === 0 ? [{ path: ['images'], message: 'at least one picture is needed' }] : []),
    ...(listing.shippingProfileId === null
      ? [{ path: ['shippingProfileId'], message: 'a shipping profile is needed' }]
      : []),
    ...(listing.quantity < 1 ? [{ path: ['quantity'], message: 'nothing is in stock' }] : []),
  ]
  if (issues.length > 0) throw new ValidationError(issues, { upstream: 'etsy', operation: 'check' })
}

async function activate(client: EtsyClient, state: PublishState, call: CallOptions): Promise<void> {
  const listing = await client.listing(idOf(state), call)
  // Activating a sold-out listing again would renew it and cost another fee.
  if (listing.state === 'active') return
  await client.updateListing(idOf(state), { state: 'active', tags: state.plan.tags }, call)
}

async function verify(
  run: JobRun<unknown>,
  client: EtsyClient,
  state: PublishState,
  everyMs: number,
  call: CallOptions,
): Promise<void> {
  let seen: Listing | undefined
  for (let read = 1; read <= mostVerifyReads; read += 1) {
    seen = await client.listing(idOf(state), call)
    if (seen.state === 'active') return
    await wait(everyMs)
  }
  // Written again it might be done twice; a person is told instead.
  run.journal('warning', { what: 'Etsy took the publication but still shows another state', state: seen?.state })
}

function idOf(state: PublishState): number {
  if (state.listingId === undefined) throw new TypeError('publish saga: a step after the draft ran without a listing')
  return state.listingId
}
