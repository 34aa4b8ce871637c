import type { CallOptions, EtsyClient } from '../client/index.ts'
import { putChanged } from '../inventory/index.ts'
import type { PublishPlan } from './publish-plan.ts'

/** Brings price, stock and processing profile of the one product of a new listing to the plan. */
export async function setFirstStock(
  client: EtsyClient,
  listingId: number,
  plan: PublishPlan,
  call: CallOptions,
  journal: (event: string, detail?: unknown) => void,
): Promise<void> {
  await putChanged(
    client,
    listingId,
    (inventory) => ({
      ...inventory,
      products: inventory.products.map((product) => ({
        ...product,
        offerings: product.offerings.map((offering) => ({
          ...offering,
          quantity: plan.quantity,
          readiness_state_id: plan.readinessStateId,
          price: {
            amount: Math.round(plan.price * 100),
            divisor: 100,
            currencyCode: offering.price?.currencyCode ?? '',
          },
        })),
      })),
    }),
    call,
    (changes) => journal('inventory', changes),
  )
}
