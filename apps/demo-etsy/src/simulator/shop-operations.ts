import { json, type ReceivedRequest, type ResponseAnswer } from '@holdfast/fault-server'
import { nextNumber } from './database.ts'
import { errorAnswer, validationAnswer } from './error-answers.ts'
import { operation, type OperationContext } from './operation.ts'
import { readinessBody } from './seed-shop.ts'

/** The shop, its owner, its profiles, and what a token may do. */
export const shopOperations = [
  operation('ping', 'GET /openapi-ping', [], () => json({ application_id: 1 })),
  operation('tokenScopes', 'POST /scopes', [], tokenScopes),
  operation('getMe', 'GET /users/me', ['shops_r'], (_request, { identity }) =>
    json({ user_id: identity.userId, shop_id: identity.shopId }),
  ),
  operation('getShop', 'GET /shops/:shop', [], getShop),
  operation('getShopShippingProfiles', 'GET /shops/:shop/shipping-profiles', ['shops_r'], (_request, { identity }) =>
    json({ count: 1, results: [shippingProfile(identity.userId)] }),
  ),
  operation(
    'getShopReadinessStateDefinitions',
    'GET /shops/:shop/readiness-state-definitions',
    ['shops_r'],
    (_request, { store }) => {
      const results = store.readinessStates()
      return json({ count: results.length, results })
    },
  ),
  operation(
    'createShopReadinessStateDefinition',
    'POST /shops/:shop/readiness-state-definitions',
    ['shops_w'],
    createReadinessState,
  ),
]

async function tokenScopes(request: ReceivedRequest, { grants }: OperationContext): Promise<ResponseAnswer> {
  const verdict = grants.check(new URLSearchParams(await request.text()).get('token') ?? '')
  if (!verdict.isGood) return json({ error: 'invalid_token', error_description: verdict.reason }, { status: 401 })
  return json({ scopes: verdict.scopes })
}

function getShop(request: ReceivedRequest, { store, identity, seconds }: OperationContext): ResponseAnswer {
  if (Number(request.params['shop']) !== identity.shopId) {
    return errorAnswer(404, `Could not find a Shop with shop_id = ${request.params['shop'] ?? ''}.`)
  }
  return json({
    shop_id: identity.shopId,
    user_id: identity.userId,
    shop_name: identity.shopName,
    title: 'Stoneware from the harbour',
    currency_code: 'EUR',
    is_vacation: false,
    created_timestamp: 1_600_000_000,
    updated_timestamp: seconds(),
    listing_active_count: store.listingsIn('active', 1, 0).count,
    url: `https://www.etsy.com/shop/${identity.shopName}`,
    languages: ['en-US'],
    review_average: 4.9,
    review_count: 211,
    shop_location_country_iso: 'NO',
  })
}

function shippingProfile(userId: number): unknown {
  return {
    shipping_profile_id: 1,
    title: 'Parcel',
    user_id: userId,
    origin_country_iso: 'NO',
    is_deleted: false,
    shipping_profile_destinations: [],
    shipping_profile_upgrades: [],
    origin_postal_code: '0150',
    profile_type: 'manual',
    domestic_handling_fee: 0,
    international_handling_fee: 0,
  }
}

async function createReadinessState(
  request: ReceivedRequest,
  { store, identity }: OperationContext,
): Promise<ResponseAnswer> {
  const form = new URLSearchParams(await request.text())
  const state = form.get('readiness_state') ?? ''
  const [min, max] = [Number(form.get('min_processing_time')), Number(form.get('max_processing_time'))]
  if (!['ready_to_ship', 'made_to_order'].includes(state)) {
    return validationAnswer('/readiness_state', 'invalid_value', 'must be ready_to_ship or made_to_order')
  }
  if (!(min >= 1 && max >= min && max <= 10)) {
    return validationAnswer('/min_processing_time', 'invalid_range', 'must be from 1 to 10 and not above the maximum')
  }
  const same = store
    .readinessStates()
    .find(
      (body) =>
        body['readiness_state'] === state && body['min_processing_days'] === min && body['max_processing_days'] === max,
    )
  if (same !== undefined) {
    const location = `${request.path}/${String(same['readiness_state_id'])}`
    return errorAnswer(409, 'An identical readiness state definition exists.', { 'content-location': location })
  }
  const id = nextNumber(store.database, 'readiness', 2)
  const body = readinessBody(identity.shopId, id, state, min, max)
  store.saveReadinessState(id, body)
  return json(body, { status: 201 })
}
