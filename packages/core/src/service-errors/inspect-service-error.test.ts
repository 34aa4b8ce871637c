import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ServiceError } from './service-error.ts'
import { toServiceError } from './to-service-error.ts'

const clientError = (): Error =>
  Object.assign(new Error('Request failed with status code 503'), {
    isAxiosError: true,
    config: { headers: { Authorization: 'Bearer s3cret' }, auth: { password: 's3cret' }, url: 'https://x/?key=s3cret' },
    response: { status: 503, headers: {}, data: { token: 's3cret' } },
    cause: Object.assign(new Error('read ECONNRESET, token=s3cret'), {
      code: 'ECONNRESET',
      socket: { auth: 's3cret' },
    }),
  })

describe('what a console shows of a service error', () => {
  const error = toServiceError(clientError(), { upstream: 'shop', operation: 'list' })

  it.each<[string, () => string]>([
    ['console.log', () => format(error)],
    ['a text with %o', () => format('%o', error)],
    ['all there is', () => inspect(error, { showHidden: true, depth: Infinity })],
    ['inside of something', () => inspect({ list: [{ error }] }, { depth: 10 })],
    ['as the cause of another', () => inspect(new Error('outer', { cause: error }))],
  ])('hides the request of the client: %s', (_, show) => {
    expect(show()).not.toContain('s3cret')
    expect(show()).toContain('service-unavailable: shop list cannot serve requests now')
  })

  it('keeps what helps: name, frames, own fields and the chain of causes', () => {
    const shown = inspect(error)
    expect(shown).toMatch(/^ServiceUnavailableError: service-unavailable: .*\n\s+at /)
    expect(shown).toMatch(/code: 'service-unavailable'[^]*upstream: 'shop'[^]*status: 503/)
    expect(shown).toMatch(/cause: \{[^]*Request failed with status code 503[^]*cause: \{[^]*ECONNRESET/)
    expect(shown).not.toContain('undefined')
  })

  it('says no more than it has, and adds no field that a logger prints', () => {
    const bare = new ServiceError('conflict', { details: { sku: 'a', password: 's3cret' } })
    expect(inspect(bare)).toMatch(/details: \{ sku: 'a', password: '\[redacted\]' \}/)
    expect(Object.keys(bare)).not.toContain('inspect')
    expect(
      Object.getOwnPropertySymbols(bare).filter((key) => Object.prototype.propertyIsEnumerable.call(bare, key)),
    ).toEqual([])
  })
})
