import { json, type ReceivedRequest, respond, type ResponseAnswer } from '@holdfast/fault-server'
import { nextNumber } from './database.ts'
import { errorAnswer } from './error-answers.ts'
import { operation, type OperationContext } from './operation.ts'
import { unknownColours } from './new-image.ts'

/** Reads and uploads pictures. */
export const imageOperations = [
  operation('getListingImages', 'GET /listings/:listing/images', [], getImages),
  operation('uploadListingImage', 'POST /shops/:shop/listings/:listing/images', ['listings_w'], uploadImage),
  operation('deleteListingImage', 'DELETE /shops/:shop/listings/:listing/images/:image', ['listings_w'], deleteImage),
]

function getImages(request: ReceivedRequest, { store, nowMs }: OperationContext): ResponseAnswer {
  const id = Number(request.params['listing'])
  if (store.listing(id) === undefined) return errorAnswer(404, `Could not find a Listing with listing_id = ${id}.`)
  const results = store.images(id, nowMs())
  return json({ count: results.length, results })
}

async function uploadImage(request: ReceivedRequest, context: OperationContext): Promise<ResponseAnswer> {
  const { store, nowMs, seconds } = context
  const listingId = Number(request.params['listing'])
  if (store.listing(listingId) === undefined) {
    return errorAnswer(404, `Could not find a Listing with listing_id = ${listingId}.`)
  }
  const form = await readForm(request)
  const picture = form?.get('image')
  if (!(picture instanceof Blob) || picture.size === 0) {
    return errorAnswer(400, 'Either a valid image file or a listing_image_id must be provided.')
  }
  const rank = Number(form?.get('rank') ?? '1')
  const present = store.images(listingId, nowMs())
  const taken = present.find((image) => image.rank === rank)
  if (taken !== undefined) {
    if (form?.get('overwrite') !== 'true') {
      return errorAnswer(400, 'The ListingImages for this Listing are in an inconsistent order.')
    }
    store.deleteImage(taken.listing_image_id)
  }
  if (present.length >= 20) return errorAnswer(400, 'A listing can have at most 20 images.')
  const id = nextNumber(store.database, 'image', 60_001)
  const alt = form?.get('alt_text')
  const image = unknownColours(listingId, id, rank, typeof alt === 'string' ? alt : '', seconds())
  store.saveImage(image, nowMs() + context.imageProcessingMs)
  return json(image, { status: 201 })
}

function deleteImage(request: ReceivedRequest, { store }: OperationContext): ResponseAnswer {
  const id = Number(request.params['image'])
  return store.deleteImage(id)
    ? respond(204)
    : errorAnswer(404, `Could not find a ListingImage with listing_image_id = ${id}.`)
}

async function readForm(request: ReceivedRequest): Promise<FormData | undefined> {
  const bytes = await request.bytes()
  try {
    const headers = { 'content-type': request.headers['content-type'] ?? '' }
    return await new Response(Buffer.from(bytes), { headers }).formData()
  } catch (error) {
    // What is no multipart form is answered as Etsy does: the picture is missing.
    if (error instanceof TypeError) return undefined
    throw error
  }
}
