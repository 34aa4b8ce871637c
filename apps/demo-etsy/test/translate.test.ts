import { HoldfastError } from '@holdfast/core'
import { AxiosError, AxiosHeaders } from 'axios'
import { expect, test } from 'vitest'
import { translate } from '../src/client/translate.ts'

const write = { operation: 'createDraftListing', isRepeatable: false }

function answered(status: number, contentType = 'application/json'): AxiosError {
  const config = { headers: new AxiosHeaders() }
  const headers = { 'content-type': contentType }
  return new AxiosError('answered', undefined, config, {}, { status, statusText: '', data: {}, headers, config })
}

test('a 5xx of a write does not tell whether it happened', () => {
  expect(translate(answered(500), write).code).toBe('unknown-outcome')
  expect(translate(answered(502, 'text/html'), write).code).toBe('unknown-outcome')
  expect(translate(answered(500), { ...write, isRepeatable: true }).code).toBe('service-unavailable')
})

test('a page of the edge in place of an answer does not tell either', () => {
  expect(translate(answered(200, 'text/html; charset=utf-8'), write).code).toBe('unknown-outcome')
})

test('a write that an open breaker refused was never sent', () => {
  const refused = new HoldfastError('circuit-open', { policy: 'etsy', key: 'https://openapi.etsy.com' })
  expect(translate(refused, write)).toMatchObject({ code: 'service-unavailable' })
})
