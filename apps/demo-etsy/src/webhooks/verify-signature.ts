import { createHmac, timingSafeEqual } from 'node:crypto'

/** Header fields of a delivery. */
export interface DeliveryHeaders {
  readonly id: string | undefined
  readonly timestamp: string | undefined
  readonly signature: string | undefined
}

const toleranceSeconds = 300

/** Why a delivery is not believed; `undefined` when it is. */
export type SignatureProblem = 'missing-headers' | 'too-old' | 'bad-signature'

/**
 * Checks a webhook of Etsy: HMAC-SHA256 over `id.timestamp.body`, key in base64 after `whsec_`. The header may hold several
 * signatures, bare or as `v1,...`; any match will do. Deliveries more than 5 minutes off are refused.
 *
 * @param body - The bytes as received; parsed and printed again they no longer match.
 */
export function verifySignature(
  secret: string,
  headers: DeliveryHeaders,
  body: string,
  nowMs: number,
): SignatureProblem | undefined {
  const { id, timestamp, signature } = headers
  if (id === undefined || timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp))
    return 'missing-headers'
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > toleranceSeconds) return 'too-old'
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
  const isMatch = signature
    .split(' ')
    .map((entry) => Buffer.from(entry.replace(/^v\d+,/, ''), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected))
  return isMatch ? undefined : 'bad-signature'
}
