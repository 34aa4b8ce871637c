import { isServiceError } from '@holdfast/core/service-errors'
import type { CallOptions, EtsyClient } from '../client/index.ts'
import type { PublishPlan } from './publish-plan.ts'

/** Uploads what is not there yet, one after the other: parallel uploads end in a wrong order (open-api#427). */
export async function uploadMissing(
  client: EtsyClient,
  listingId: number,
  images: PublishPlan['images'],
  call: CallOptions,
  journal: (event: string, detail?: unknown) => void,
): Promise<void> {
  for (const [index, image] of images.entries()) {
    const rank = index + 1
    const bytes = Buffer.from(image.base64, 'base64')
    const upload = async (): Promise<void> => {
      const present = await client.images(listingId, call)
      if (present.results.some((there) => there.rank === rank)) return
      await client.uploadImage(listingId, { bytes, fileName: `${rank}.png`, rank, altText: image.altText }, call)
    }
    try {
      await upload()
    } catch (error) {
      if (!isServiceError(error, 'validation') || !/inconsistent order/.test(error.upstreamMessage ?? '')) throw error
      journal('image-order', { rank })
      await upload()
    }
  }
}
