import { createHash } from 'node:crypto'
import { type PublishPlan, publishPlanShape, type PublishState } from './publish-plan.ts'

/**
 * The job that publishes a listing once, however often it is added.
 *
 * @param reference - The seller's own name for the listing, such as a SKU.
 * @throws {ZodError} With every issue of the plan.
 */
export function publishJob(reference: string, plan: unknown): { id: string; kind: 'publish'; data: PublishState } {
  const checked: PublishPlan = publishPlanShape.parse(plan)
  // Tags hold 20 characters.
  const marker = `ref ${createHash('sha256').update(reference).digest('hex').slice(0, 14)}`
  return { id: `publish-${reference}`, kind: 'publish', data: { plan: checked, marker, step: 'draft' } }
}
