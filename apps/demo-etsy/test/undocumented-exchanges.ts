import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { EtsyDocument } from './etsy-document.ts'

// Two things of the API are not in the official document, which gives the token endpoint as an address in its security
// scheme and has no webhooks. They are held to what developers.etsy.com says in words: documentation/essentials/
// authentication and documentation/essentials/webhooks.

/** A request to the token endpoint and its answer. */
export interface TokenExchange {
  readonly form: Readonly<Record<string, string>>
  readonly status: number
  readonly body: unknown
}

/** A webhook as it arrived. */
export interface Delivery {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

const requestShape = z.discriminatedUnion('grant_type', [
  z.strictObject({
    grant_type: z.literal('refresh_token'),
    client_id: z.string().min(1),
    refresh_token: z.string().regex(/^\d+\./),
  }),
  z.strictObject({
    grant_type: z.literal('authorization_code'),
    client_id: z.string().min(1),
    redirect_uri: z.url(),
    code: z.string().min(1),
    code_verifier: z.string().regex(/^[\w.~-]{43,128}$/),
  }),
])
const userToken = z.string().regex(/^\d+\..+/)
const answerShape = z.strictObject({
  access_token: userToken,
  token_type: z.literal('Bearer'),
  expires_in: z.literal(3_600),
  refresh_token: userToken,
})
const refusalShape = z.strictObject({ error: z.literal('invalid_grant'), error_description: z.string().min(1) })
/** E7 and an outage: the shape of all other errors. */
const failureShape = z.strictObject({ error: z.string().min(1) })
const deliveryShape = z.strictObject({
  event_type: z.enum(['order.paid', 'order.canceled', 'order.shipped', 'order.delivered']),
  resource_url: z.url(),
  shop_id: z.number().int(),
})

const problemsOf = (what: string, shape: z.ZodType, value: unknown): readonly string[] =>
  (shape.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${what}: ${path.join('.')} ${message}`)

/** What is wrong with an exchange at the token endpoint. */
export function judgeTokenExchange({ form, status, body }: TokenExchange): readonly string[] {
  const shape = status === 200 ? answerShape : status === 400 ? refusalShape : failureShape
  return [...problemsOf('token request', requestShape, form), ...problemsOf(`token answer ${status}`, shape, body)]
}

/** What is wrong with a webhook; its URL must lead to an operation of the document. */
export function judgeDelivery(document: EtsyDocument, { headers, body }: Delivery): readonly string[] {
  const value = JSON.parse(body) as { resource_url?: string }
  const operation = document.find('GET', new URL(value.resource_url ?? 'none:').pathname)?.operation.operationId
  return [
    ...problemsOf('webhook', deliveryShape, value),
    ...(operation === 'getShopReceipt' ? [] : [`webhook: leads to ${operation ?? 'nothing'}`]),
    ...['webhook-id', 'webhook-timestamp', 'webhook-signature'].filter((name) => typeof headers[name] !== 'string'),
  ]
}

/** Stands between the client and the token endpoint, and takes webhooks. */
export interface Recorder {
  readonly url: string
  readonly tokenExchanges: readonly TokenExchange[]
  readonly deliveries: readonly Delivery[]
  forwardTo(base: string): void
  close(): Promise<void>
}

export async function startRecorder(): Promise<Recorder> {
  const tokenExchanges: TokenExchange[] = []
  const deliveries: Delivery[] = []
  let target = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      if (request.url === '/webhooks') {
        deliveries.push({ headers: request.headers, body: text })
        response.writeHead(200).end()
        return
      }
      void forward(request.url ?? '', text).then(({ status, body }) => {
        tokenExchanges.push({ form: Object.fromEntries(new URLSearchParams(text)), status, body: JSON.parse(body) })
        response.writeHead(status, { 'content-type': 'application/json' }).end(body)
      })
    })
  })
  const forward = async (path: string, form: string): Promise<{ readonly status: number; readonly body: string }> => {
    const answer = await fetch(`${target}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
      signal: AbortSignal.timeout(10_000),
    })
    return { status: answer.status, body: await answer.text() }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokenExchanges,
    deliveries,
    forwardTo(base) {
      target = base
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
