import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { delayed, drip, json, redirect, respond, text } from '@holdfast/fault-server'
import type { Scenario } from '../scenario.ts'

const REDIRECTS = [301, 302, 303, 307, 308] as const
// Those that no policy sends again.
const PERMANENT = [400, 401, 402, 403, 404, 405, 409, 410, 412, 418, 422, 426, 431, 451, 501, 505]
const TRANSIENT = [408, 423, 425, 429, 500, 502, 503, 504, 507, 520, 529, 599]

const detail = { type: 'https://example.org/problem', detail: 'not this time' }
const page = `<html>${'<p>content</p>'.repeat(20_000)}</html>`

/** What is answered: status codes, redirects, encodings, deliveries. */
export const answerScenarios: readonly Scenario[] = [
  { name: '200 with text', answers: [text('grün')] },
  { name: '200 without a body', answers: [respond(200)] },
  { name: '200 chunked', answers: [json({ ok: true }, { framing: 'chunked' })] },
  { name: '200 with 260 kB', answers: [text(page)] },
  { name: '200 with bytes', answers: [respond(200, { body: new Uint8Array([0, 255, 128, 7]) })], read: 'arrayBuffer' },
  {
    name: '200 with headers of all kinds',
    answers: [json({}, { headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Many': 'x, y', ETag: '"e"' } })],
  },
  ...[201, 202, 203, 205, 206, 299].map((status): Scenario => ({
    name: `${status}`,
    answers: [json({ status }, { status })],
  })),
  { name: '204', answers: [respond(204)] },
  { name: '304', answers: [respond(304, { headers: { etag: '"e"' } })] },
  { name: '300 without a location', answers: [json({ choose: 1 }, { status: 300 })] },
  { name: 'gzip', answers: [respond(200, { headers: { 'content-encoding': 'gzip' }, body: gzipSync('packed') })] },
  {
    name: 'brotli',
    answers: [respond(200, { headers: { 'content-encoding': 'br' }, body: brotliCompressSync('packed') })],
  },
  {
    name: 'deflate',
    answers: [respond(200, { headers: { 'content-encoding': 'deflate' }, body: deflateSync('packed') })],
  },
  { name: 'an answer that takes 450 ms', answers: [delayed(text('late'), 450)] },
  { name: 'a dripping body', answers: [drip(text('x'.repeat(10)), { chunkBytes: 1, everyMs: 50 })] },
  {
    name: 'a JSON body that is not JSON',
    answers: [json({}, { headers: { 'x-kind': 'broken' } }), respond(200)],
    read: 'json',
    calls: 2,
  },
  {
    name: 'broken JSON',
    answers: [respond(200, { headers: { 'content-type': 'application/json' }, body: '{"a":' })],
    read: 'json',
  },
  ...(['json', 'arrayBuffer', 'blob', 'stream', 'clone', 'never'] as const).map((read): Scenario => ({
    name: `the body is taken by ${read}`,
    answers: [json({ n: 1 })],
    read,
    families: ['fetch', 'ky'],
  })),
  ...PERMANENT.map((status): Scenario => ({ name: `${status}`, answers: [json(detail, { status })] })),
  ...TRANSIENT.map((status): Scenario => ({
    name: `${status}`,
    answers: [json(detail, { status })],
    isRetryable: true,
  })),
  { name: '503 to a POST', method: 'POST', json: {}, answers: [json(detail, { status: 503 })], isRetryable: true },
  {
    name: '503 with Retry-After',
    answers: [json(detail, { status: 503, headers: { 'retry-after': '7' } })],
    isRetryable: true,
  },
  {
    name: '429 with a quota',
    answers: [json(detail, { status: 429, headers: { RateLimit: '"d";r=0;t=9' } })],
    isRetryable: true,
  },
  { name: '404 with a body nobody reads', answers: [text('x'.repeat(1_000), { status: 404 })], read: 'never' },
  ...REDIRECTS.flatMap((status): Scenario[] => [
    {
      name: `GET redirected by ${status}`,
      answers: { 'GET /': redirect('/there', status), 'GET /there': text('arrived') },
    },
    {
      name: `POST redirected by ${status}`,
      method: 'POST',
      json: { n: 1 },
      headers: { 'X-Own': '1' },
      answers: { 'POST /': redirect('/there', status), '* /there': text('arrived') },
    },
  ]),
  {
    name: 'redirected three times',
    answers: { 'GET /': redirect('/a'), 'GET /a': redirect('/b?c=d'), 'GET /b': text('end') },
  },
  {
    name: 'redirected to a failure',
    answers: { 'GET /': redirect('/gone'), 'GET /gone': text('gone', { status: 410 }) },
  },
  // ky takes it for a failed network and would try again.
  { name: 'redirected for ever', answers: [redirect('/again')], isRetryable: true },
  { name: 'redirected to nowhere', answers: [respond(302, { headers: { location: 'http://' } })], isRetryable: true },
  { name: 'a redirect without a location', answers: [respond(302, { body: 'where?' })] },
]
