import { type Answer, json, reset, respond } from '@holdfast/fault-server'
import { badGatewayPage, errorAnswer, tooManyRequests, validationAnswer } from './error-answers.ts'
import type { FaultContext, Scenario, ScenarioId } from './scenario.ts'
import { staleRead, mixedImage } from './scenario-alterations.ts'
import { slowOrCut, unavailable } from './scenario-delivery.ts'

const writes = ['createDraftListing']
const noAccess = (status: number, message: string) => (): Answer => errorAnswer(status, message)

/** Serves first, then answers something else: the effect is there, the answer is not. */
const appliedThen =
  (answer: (context: FaultContext) => Answer) =>
  async (context: FaultContext): Promise<Answer> => {
    const served = await context.carryOut()
    // What was refused stays refused.
    return served.status >= 400 ? served : { ...answer(context), processed: true }
  }

const withHeaders =
  (headersFor: (variant: number) => Record<string, string | undefined>) =>
  async (context: FaultContext): Promise<Answer> => {
    const served = await context.carryOut()
    const headers: Record<string, string | readonly string[]> = { ...served.headers }
    for (const [name, value] of Object.entries(headersFor(context.variant))) {
      if (value === undefined) Reflect.deleteProperty(headers, name)
      else headers[name] = value
    }
    return { ...served, headers }
  }

const oddHeaders: readonly Record<string, string | undefined>[] = [
  { 'x-remaining-this-secon': '5', 'x-remaining-this-second': undefined },
  {
    'x-remaining-this-second': undefined,
    'x-remaining-today': undefined,
    'x-limit-per-second': undefined,
    'x-limit-per-day': undefined,
  },
  { 'x-remaining-today': 'unknown', 'x-remaining-this-second': 'many' },
  { 'x-remaining-today': '-1', 'x-remaining-this-second': '-1' },
]

const html = '<!doctype html><html><head><title>Attention required</title></head><body>Blocked</body></html>'
const edgeAnswers = [403, 302, 200].map((status) =>
  respond(status, {
    headers: { 'content-type': 'text/html', ...(status === 302 ? { location: '/blocked' } : {}) },
    body: html,
    processed: false,
  }),
)

const list: readonly Scenario[] = [
  {
    id: 'E1',
    title: 'burst above the limit per second',
    operations: [],
    answer: ({ quota, nowMs, variant }) =>
      tooManyRequests(
        { ...quota.look(nowMs()), breach: 'per-second', remainingThisSecond: 0, retryAfterSeconds: 1 },
        variant,
      ),
  },
  {
    id: 'E2',
    title: 'daily quota used up',
    operations: [],
    answer: ({ quota, nowMs, carryOut }) => {
      quota.exhaust(nowMs())
      return carryOut()
    },
  },
  {
    id: 'E3',
    title: 'little of the daily quota left',
    operations: [],
    answer: withHeaders(() => ({ 'x-remaining-today': '60', 'x-limit-per-day': '10000' })),
  },
  {
    id: 'E4',
    title: 'odd quota headers',
    operations: [],
    answer: withHeaders((variant) => oddHeaders[variant % oddHeaders.length] ?? {}),
  },
  {
    id: 'E5',
    title: 'access token expired',
    operations: [],
    answer: ({ grants, carryOut }) => {
      grants.expireAccessTokens()
      return carryOut()
    },
  },
  {
    id: 'E6',
    title: 'refresh token revoked',
    operations: ['token'],
    answer: ({ grants, carryOut }) => {
      grants.revokeAll()
      return carryOut()
    },
  },
  {
    id: 'E7',
    title: 'refresh answer lost after the rotation',
    operations: ['token'],
    answer: appliedThen(() => errorAnswer(500, 'Server Error')),
  },
  {
    id: 'E8',
    title: 'key without the shared secret',
    operations: [],
    answer: noAccess(403, 'Shared secret is required in x-api-key header.'),
  },
  {
    id: 'E9',
    title: 'app unknown or suspended',
    operations: [],
    answer: noAccess(403, 'API key not found or not active, or incorrect shared secret for API key.'),
  },
  {
    id: 'E10',
    title: 'scope missing',
    operations: [],
    answer: () => json({ error: 'insufficient_scope', error_description: 'Insufficient scope' }, { status: 403 }),
  },
  {
    id: 'E11',
    title: 'not the owner of the shop',
    operations: ['uploadListingImage', 'updateListing', 'createDraftListing'],
    answer: ({ request }) => errorAnswer(403, `User does not own Shop ${request.params['shop'] ?? ''}`),
  },
  {
    id: 'E12',
    title: 'validation errors as a bare array',
    operations: ['createDraftListing', 'updateListing'],
    answer: () => validationAnswer('/title/1', 'invalid_characters', 'contains invalid characters'),
  },
  {
    id: 'E13',
    title: 'processing profile missing',
    operations: writes,
    answer: noAccess(400, 'A readiness_state_id is required for physical listings.'),
  },
  {
    id: 'E14',
    title: 'offset too deep',
    operations: ['getShopReceipts', 'getListingsByShop'],
    answer: noAccess(400, 'Offset provided is greater than the maximum offset allowed.'),
  },
  {
    id: 'E15',
    title: 'listing created, 500 answered',
    operations: writes,
    answer: appliedThen(() => errorAnswer(500, 'Server Error')),
  },
  {
    id: 'E16',
    title: 'listing created, connection reset',
    operations: writes,
    answer: appliedThen(() => reset('after-reading', true)),
  },
  {
    id: 'E17',
    title: 'tracking stored, 502 answered',
    operations: ['createReceiptShipment'],
    answer: appliedThen(badGatewayPage),
  },
  {
    id: 'E18',
    title: '500 for one item every time',
    operations: ['updateListing'],
    answer: ({ carryOut }) => carryOut(errorAnswer(500, 'Server Error')),
  },
  { id: 'E19', title: 'service unavailable', operations: [], answer: unavailable },
  { id: 'E20', title: 'slow, hanging or cut answers', operations: [], answer: slowOrCut },
  {
    id: 'E21',
    title: 'pictures out of order',
    operations: ['uploadListingImage'],
    answer: noAccess(400, 'The ListingImages for this Listing are in an inconsistent order.'),
  },
  {
    id: 'E22',
    title: 'picture not processed yet, links mixed up',
    operations: ['uploadListingImage'],
    answer: mixedImage,
  },
  {
    id: 'E23',
    title: 'inventory changed meanwhile',
    operations: ['updateListingInventory'],
    answer: noAccess(409, 'The inventory of this listing is being updated.'),
  },
  {
    id: 'E24',
    title: 'processing profile exists',
    operations: ['createShopReadinessStateDefinition'],
    answer: ({ request }) =>
      errorAnswer(409, 'An identical readiness state definition exists.', { 'content-location': `${request.path}/1` }),
  },
  {
    id: 'E25',
    title: 'one unknown id in a batch',
    operations: ['getListingsByListingIds', 'getListingsInventoryByListingIds'],
    answer: noAccess(404, 'One or more listings could not be found.'),
  },
  { id: 'E26', title: 'change shows late', operations: ['updateListing'], answer: staleRead },
  {
    id: 'E27',
    title: 'HTML from the edge',
    operations: [],
    answer: ({ variant }) => edgeAnswers[variant % edgeAnswers.length] ?? badGatewayPage(),
  },
  // Webhooks are not requests: the sender looks at this scenario itself.
  {
    id: 'E28',
    title: 'webhooks twice, forged, old, disordered or lost',
    operations: ['webhook'],
    answer: ({ carryOut }) => carryOut(),
  },
]

/** All scenarios by name. */
export const scenarioCatalogue: ReadonlyMap<ScenarioId, Scenario> = new Map(list.map((entry) => [entry.id, entry]))
