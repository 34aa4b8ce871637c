import { Readable } from 'node:stream'
import { delayed, drip, json, redirect, respond, stall, text } from '@holdfast/fault-server'
import { type AxiosRequestConfig, AxiosHeaders } from 'axios'
import type { Scenario, Stage } from '../scenario.ts'

type Config = (stage: Stage) => AxiosRequestConfig
type Extra = Omit<Scenario, 'name' | 'axios' | 'families'>

const given = (name: string, axios: Config, extra: Extra = {}): Scenario => ({
  name: `axios: ${name}`,
  families: ['axios'],
  axios,
  ...extra,
})

const anything = { '* /': json({ n: 1 }), '* /api/v1': text('v1'), '* /api/v1/shops': text('shops') }
const teapot = json({ why: 'tea' }, { status: 418 })
const RESPONSE_TYPES = ['arraybuffer', 'json', 'text', 'blob', 'stream'] as const

/** Options of axios that shape a request, its answer or its error. */
export const axiosOptionScenarios: readonly Scenario[] = [
  ...RESPONSE_TYPES.flatMap((responseType): Scenario[] => [
    given(`responseType ${responseType}`, () => ({ responseType }), { answers: [json({ n: 1 })] }),
    given(`responseType ${responseType} of an error`, () => ({ responseType }), { answers: [teapot] }),
  ]),
  given('params of all kinds', () => ({
    params: { a: [1, 2], o: { p: 'q r' }, d: new Date(0), n: null, u: undefined },
  })),
  given('params as URLSearchParams', () => ({ params: new URLSearchParams({ a: 'b c' }) })),
  given('paramsSerializer', () => ({ params: { a: [1, 2] }, paramsSerializer: { indexes: null } })),
  given('basic auth', () => ({ auth: { username: 'u', password: 'p:w' } })),
  given('basic auth that replaces a header', () => ({
    auth: { username: 'u', password: 'p' },
    headers: { Authorization: 'Bearer gone' },
  })),
  given('headers as AxiosHeaders', () => ({
    headers: new AxiosHeaders({ 'X-A': '1', Accept: null, 'user-agent': false }),
  })),
  given('a method in lower case', () => ({ method: 'patch', data: { a: 1 } }), { answers: anything }),
  given('an absolute URL over baseURL', ({ url }) => ({ baseURL: 'http://other.invalid', url: `${url}/api/v1` }), {
    answers: anything,
  }),
  given('slashes between baseURL and url', ({ url }) => ({ baseURL: `${url}/api/`, url: '/v1' }), {
    answers: anything,
  }),
  given('no url at all', ({ url }) => ({ baseURL: `${url}/api/v1`, url: '' }), { answers: anything }),
  given('transforms of the caller', ({ note }) => ({
    method: 'post',
    data: { a: 1 },
    transformRequest: [
      (data: unknown, headers) => {
        note('request', data)
        headers.set('X-Signed', 'yes')
        return `signed ${JSON.stringify(data)}`
      },
    ],
    transformResponse: [
      (data: string, _headers, status) => {
        note('response', data, status)
        return { wrapped: data }
      },
    ],
  })),
  given('validateStatus that accepts', () => ({ validateStatus: () => true }), { answers: [teapot] }),
  given('validateStatus that is null', () => ({ validateStatus: null }), { answers: [teapot] }),
  given('validateStatus that refuses a 200', () => ({ validateStatus: (status) => status > 299 })),
  given(
    'validateStatus that throws',
    () => ({
      validateStatus: () => {
        throw new RangeError('validate')
      },
    }),
    { only: / fetch$/ },
  ), // With the http adapter of stock axios the call never settles.
  given('validateStatus that accepts a 503', () => ({ validateStatus: () => true }), {
    answers: [respond(503)],
    isRetryable: true,
  }),
  given('maxContentLength exceeded', () => ({ maxContentLength: 10 }), { answers: [text('x'.repeat(100))] }),
  given('maxBodyLength exceeded', () => ({ method: 'post', data: 'x'.repeat(100), maxBodyLength: 10 }), {
    answers: anything,
  }),
  given('maxRedirects 0', () => ({ maxRedirects: 0 }), { answers: [redirect('/there')] }),
  given('maxRedirects 1 of 2', () => ({ maxRedirects: 1 }), { answers: [redirect('/a'), redirect('/b'), text('end')] }),
  given(
    'beforeRedirect',
    ({ note }) => ({
      beforeRedirect: (options, { headers }) => {
        note((options as { path?: string }).path, Object.keys(headers))
      },
    }),
    { answers: [redirect('/a'), text('end')] },
  ),
  given('decompress false', () => ({ decompress: false, responseType: 'arraybuffer' }), {
    only: / http$/,
    answers: [respond(200, { headers: { 'content-encoding': 'gzip' }, body: 'as it is' })],
  }),
  given(
    'broken JSON with silentJSONParsing false',
    () => ({ responseType: 'json', transitional: { silentJSONParsing: false } }),
    {
      answers: [text('{"a":')],
    },
  ),
  given('broken JSON that stays text', () => ({ responseType: 'json' }), { answers: [text('{"a":')] }),
  given(
    'progress callbacks',
    ({ note }) => ({
      method: 'post',
      data: 'x'.repeat(1_000),
      onUploadProgress: ({ total }) => note('up', total),
      onDownloadProgress: ({ total }) => note('down', total),
    }),
    { answers: anything },
  ),
  given(
    'an object as multipart form',
    () => ({ method: 'post', data: { a: 1, b: 'zwei' }, headers: { 'Content-Type': 'multipart/form-data' } }),
    { answers: anything },
  ),
  given(
    'an object as URL-encoded form',
    () => ({
      method: 'post',
      data: { a: 1, b: ['x', 'y'] },
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    }),
    { answers: anything },
  ),
  given('a Node stream', () => ({ method: 'put', data: Readable.from([Buffer.from('one'), Buffer.from('two')]) }), {
    answers: anything,
  }),
  given('a Node stream to a server that fails', () => ({ method: 'put', data: Readable.from([Buffer.from('one')]) }), {
    answers: [respond(503)],
  }),
  given(
    'a body that JSON cannot hold',
    () => {
      const data: Record<string, unknown> = {}
      data['self'] = data
      return { method: 'post', data }
    },
    { isUnseen: true },
  ),
  given('a stream that is aborted after its headers', () => ({ responseType: 'stream' }), {
    abort: 90,
    answers: [drip(text('x'.repeat(30)), { chunkBytes: 1, everyMs: 20 })],
  }),
  given('timeout', () => ({ timeout: 400 }), { answers: [stall()] }),
  given('timeout with its own message', () => ({ timeout: 400, timeoutErrorMessage: 'too slow' }), {
    answers: [stall()],
  }),
  given('timeout with clarifyTimeoutError', () => ({ timeout: 400, transitional: { clarifyTimeoutError: true } }), {
    answers: [stall()],
  }),
  given('timeout that is not reached', () => ({ timeout: 5_000 }), { answers: [delayed(text('in time'), 20)] }),
  given('AbortSignal.timeout as signal', () => ({ signal: AbortSignal.timeout(400) }), { answers: [stall()] }),
  given('keys axios does not know', () => ({ own: { deep: [1] }, 'x-trace': 'on' }) as AxiosRequestConfig),
  given('a chain of calls with instance defaults', () => ({ params: { page: 1 } }), {
    calls: 3,
    answers: anything,
    beforeAttach: (instance) => {
      instance.defaults.headers.common['X-Default'] = 'yes'
      instance.defaults.params = { sort: 'up' }
      instance.defaults.timeout = 4_000
    },
  }),
]
