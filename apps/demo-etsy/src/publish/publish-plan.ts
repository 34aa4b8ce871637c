import { z } from 'zod'
import type { ReadinessState } from '../client/index.ts'

/** What the seller writes down to publish a listing; all issues are reported at once. */
export const publishPlanShape = z.strictObject({
  title: z
    .string()
    .trim()
    .min(1, 'a title is needed')
    .max(140)
    .regex(/^[^%<>]*$/, 'must not contain %, < or >'),
  description: z.string().trim().min(1, 'a description is needed'),
  price: z.coerce.number().min(0.2, 'at least 0.20').max(50_000),
  quantity: z.coerce.number().int().min(1).max(999),
  taxonomyId: z.coerce.number().int().positive().default(1_062),
  readinessStateId: z.coerce.number().int().positive().default(1),
  shippingProfileId: z.coerce.number().int().positive().default(1),
  tags: z.array(z.string().trim().min(1).max(20)).max(12).default([]),
  images: z
    .array(z.strictObject({ base64: z.base64(), altText: z.string().max(500).default('') }))
    .min(1, 'a picture is needed')
    .max(20),
})

/** A listing to publish. */
export type PublishPlan = z.output<typeof publishPlanShape>

/** Steps of the saga, in order. */
export const publishSteps = ['draft', 'images', 'inventory', 'check', 'activate', 'verify'] as const

/** A step of the saga. */
export type PublishStep = (typeof publishSteps)[number]

/** What the saga keeps between steps and over a crash. */
export interface PublishState {
  readonly plan: PublishPlan
  /** Tag by which a draft is recognised when the answer of its creation was lost. */
  readonly marker: string
  readonly step: PublishStep
  readonly listingId?: number
  /** When the last create was sent; written before it is sent, so that a crash cannot hide one. */
  readonly createSentAtMs?: number
  /** Creates whose outcome had to be found out by reading. */
  readonly reconciliations?: number
  /** Processing profiles of the shop, once Etsy has refused the one of the plan. */
  readonly profileChoices?: readonly ReadinessState[]
}

/** What publishing would cost: calls on a good day and Etsy's listing fee (about 0.20 USD, open-api#421). */
export function previewPublish(plans: readonly PublishPlan[]): { readonly calls: number; readonly feeUsd: number } {
  const callsBeside = {
    create: 1,
    readImages: 1,
    inventoryRead: 1,
    inventoryWrite: 1,
    check: 2,
    activateRead: 1,
    activate: 1,
    verify: 1,
  }
  const fixed = Object.values(callsBeside).reduce((sum, calls) => sum + calls, 0)
  const calls = plans.reduce((sum, plan) => sum + fixed + plan.images.length, 0)
  return { calls, feeUsd: Math.round(plans.length * 20) / 100 }
}
