import { json, respond, type ResponseAnswer } from '@holdfast/fault-server'
import type { QuotaVerdict } from './quota.ts'

/** `{"error": text}`, the shape of almost all Etsy errors. */
export function errorAnswer(status: number, message: string, headers: Record<string, string> = {}): ResponseAnswer {
  return json({ error: message }, { status, headers })
}

/** A validation error: a bare array. */
export function validationAnswer(path: string, type: string, message: string): ResponseAnswer {
  return json([{ path, type, message }], { status: 400 })
}

/** The HTML page of an edge in front of the API. */
export function badGatewayPage(): ResponseAnswer {
  return respond(502, {
    headers: { 'content-type': 'text/html' },
    body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
  })
}

/**
 * 429 in the four forms seen: with `retry-after` and quota headers, with quota headers alone, with the misspelt header of
 * the documentation, and bare. The daily breach always carries `retry-after`.
 * @param variant any integer; counts through the forms
 */
export function tooManyRequests(verdict: QuotaVerdict, variant: number): ResponseAnswer {
  const retryAfter = { 'retry-after': String(verdict.retryAfterSeconds) }
  if (verdict.breach === 'per-day') {
    return errorAnswer(429, 'Exceeded daily rate limit', { ...quotaHeaders(verdict), ...retryAfter })
  }
  const message = 'Exceeded per second rate limit'
  switch (variant % 4) {
    case 0:
      return errorAnswer(429, message, { ...quotaHeaders(verdict), ...retryAfter })
    case 1:
      return errorAnswer(429, message, quotaHeaders(verdict))
    case 2:
      return errorAnswer(429, message, quotaHeaders(verdict, true))
    default:
      return errorAnswer(429, message)
  }
}

/** The four quota headers; `misspelt` writes one of them as the documentation does. */
export function quotaHeaders(verdict: QuotaVerdict, misspelt = false): Record<string, string> {
  return {
    'x-limit-per-second': String(verdict.perSecondLimit),
    [misspelt ? 'x-remaining-this-secon' : 'x-remaining-this-second']: String(verdict.remainingThisSecond),
    'x-limit-per-day': String(verdict.dailyLimit),
    'x-remaining-today': String(verdict.remainingToday),
  }
}
