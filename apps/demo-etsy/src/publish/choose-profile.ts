import { isServiceError } from '@holdfast/core/service-errors'
import type { Job, JobStore } from '../jobs/index.ts'
import type { PublishState } from './publish-plan.ts'

/** Whether Etsy refused a listing because its processing profile is missing or unknown. */
export function needsProfile(error: unknown): boolean {
  return isServiceError(error, 'validation') && /readiness_state_id/.test(error.upstreamMessage ?? '')
}

/** Processing profiles that a person may choose from before the job is replayed; empty when that is not the trouble. */
export function profileChoices(job: Job): NonNullable<PublishState['profileChoices']> {
  return job.kind === 'publish' ? ((job.data as PublishState).profileChoices ?? []) : []
}

/**
 * Puts the profile that somebody chose into the plan of a parked job.
 *
 * @returns Whether it was one of the choices.
 */
export function chooseProfile(jobs: JobStore, job: Job, readinessStateId: number): boolean {
  if (!profileChoices(job).some((profile) => profile.readinessStateId === readinessStateId)) return false
  const { profileChoices: _offered, ...state } = job.data as PublishState
  jobs.saveData(job.id, { ...state, plan: { ...state.plan, readinessStateId } })
  jobs.write(job.id, 'profile-chosen', { readinessStateId })
  return true
}
