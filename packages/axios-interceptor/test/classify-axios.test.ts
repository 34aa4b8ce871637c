import type { Call } from '@holdfast/core'
import { AxiosError, AxiosHeaders, CanceledError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { AxiosHead } from '../src/axios-head.ts'
import { classifyAxios } from '../src/classify-axios.ts'

const config = { timeout: 100, headers: new AxiosHeaders() } as InternalAxiosRequestConfig
const call = { signal: undefined, idempotencyKey: undefined } as unknown as Call

const withCause = (message: string, code: string | undefined, cause: object): AxiosError =>
  Object.assign(new AxiosError(message, code, config), { cause: Object.assign(new Error(message), cause) })

const verdictOn = (error: unknown, retriesClientTimeout = false) =>
  classifyAxios(error, true, undefined, call, retriesClientTimeout)

const answer = (status: number, headers: object = {}): AxiosResponse =>
  ({ status, headers, data: '', statusText: '', config }) as AxiosResponse

describe('classifyAxios', () => {
  it.each([
    ['an own timeout', new AxiosError('timeout of 100ms exceeded', 'ECONNABORTED', config), 'client-timeout', 'never'],
    [
      'an own timeout with a text of the user',
      new AxiosError('too slow', 'ETIMEDOUT', config),
      'client-timeout',
      'never',
    ],
    [
      'a timeout of the system while connecting',
      withCause('connect ETIMEDOUT', 'ETIMEDOUT', { code: 'ETIMEDOUT', syscall: 'connect' }),
      'connect-timeout',
      'always',
    ],
    [
      'a timeout of every address tried',
      withCause('', 'ETIMEDOUT', {
        code: 'ETIMEDOUT',
        errors: [Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT', syscall: 'connect' })],
      }),
      'connect-timeout',
      'always',
    ],
    [
      'a navigation in a browser',
      new AxiosError('Request aborted', 'ECONNABORTED', config),
      'request-aborted',
      'never',
    ],
    [
      'a reset',
      withCause('read ECONNRESET', 'ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }),
      'connection-reset',
      'if-idempotent',
    ],
    [
      'a reset after the answer had begun',
      Object.assign(withCause('read ECONNRESET', 'ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }), {
        request: { res: { statusCode: 200 } },
      }),
      'body-broken',
      'if-idempotent',
    ],
    [
      'the same behind a redirect',
      Object.assign(withCause('read ECONNRESET', 'ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }), {
        request: { _currentRequest: { res: { statusCode: 200 } } },
      }),
      'body-broken',
      'if-idempotent',
    ],
    [
      'a reset while a redirect was waited for',
      Object.assign(withCause('read ECONNRESET', 'ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }), {
        request: { _currentRequest: { res: null } },
      }),
      'connection-reset',
      'if-idempotent',
    ],
    [
      'a body cut short in 1.21',
      new AxiosError('stream has been aborted', 'ERR_BAD_RESPONSE', config, {}, answer(200)),
      'body-broken',
      'if-idempotent',
    ],
    [
      'a body cut short in 1.6',
      new AxiosError('maxContentLength size of -1 exceeded', 'ERR_BAD_RESPONSE', config),
      'body-broken',
      'if-idempotent',
    ],
    [
      'an answer above the limit',
      new AxiosError('maxContentLength size of 10 exceeded', 'ERR_BAD_RESPONSE', config),
      'size-limit',
      'never',
    ],
    [
      'an upload stream that was closed',
      new CanceledError('Request stream has been aborted', config),
      'caller-aborted',
      'never',
    ],
    ['no code, no response', new AxiosError('Network Error', undefined, config), 'network-opaque', 'if-idempotent'],
    [
      'no code, another name',
      Object.assign(AxiosError.from(new Error('boom')), { name: 'Error' }),
      'network-unknown',
      'if-idempotent',
    ],
    ['a mistake in the request', AxiosError.from(new TypeError('Body is unusable')), 'unknown', 'never'],
    ['a bad option', new AxiosError('bad', 'ERR_BAD_OPTION_VALUE', config), 'invalid-request', 'never'],
    [
      'a bad request that was never sent',
      new AxiosError('Unsupported protocol x:', 'ERR_BAD_REQUEST', config),
      'invalid-request',
      'never',
    ],
    ['an unknown adapter', new AxiosError('no adapter', 'ERR_NOT_SUPPORT', config), 'invalid-request', 'never'],
  ])('%s', (_name, error, code, retry) => {
    const verdict = verdictOn(error)
    expect([verdict?.code, verdict?.retry]).toEqual([code, retry])
  })

  it('retries an own timeout when asked, and counts it for the breaker in both cases', () => {
    const error = new AxiosError('timeout of 100ms exceeded', 'ECONNABORTED', config)
    expect([verdictOn(error, true)?.retry, verdictOn(error, true)?.breaker, verdictOn(error)?.breaker]).toEqual([
      'if-idempotent',
      'failure',
      'failure',
    ])
  })

  it('goes by the status, for values and errors alike', () => {
    const response = answer(503, { 'Retry-After': '2' })
    const head = new AxiosHead(response)
    expect(head.header('retry-after')).toBe('2')
    const error = new AxiosError('Request failed', 'ERR_BAD_RESPONSE', config, {}, response)
    expect(classifyAxios(response, false, head, call, false)?.code).toBe('http-503')
    expect(classifyAxios(error, true, head, call, false)?.code).toBe('http-503')
    expect(classifyAxios(answer(204), false, new AxiosHead(answer(204)), call, false)).toBeUndefined()
    expect(classifyAxios(undefined, false, undefined, call, false)).toBeUndefined()
  })
})

describe('AxiosHead', () => {
  it('reads names in any case, lists, numbers, and nothing where there is nothing', () => {
    expect(new AxiosHead(answer(200, { 'X-A': ['1', '2'], age: 3 })).header('x-a')).toBe('1, 2')
    expect(new AxiosHead(answer(200, { age: 3 })).header('age')).toBe('3')
    expect(new AxiosHead(answer(200, new AxiosHeaders({ Set: 'x' }))).header('get')).toBeUndefined()
    expect(new AxiosHead({ status: 200 } as AxiosResponse).header('age')).toBeUndefined()
  })
})
