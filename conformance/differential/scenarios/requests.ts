import { json, respond, text } from '@holdfast/fault-server'
import type { Scenario } from '../scenario.ts'

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']
const anything = { '* /': json({ ok: true }), '* /deep/path': text('deep') }

const formOf = (): FormData => {
  const form = new FormData()
  form.set('title', 'Käse & Brot')
  form.set('file', new Blob(['bytes'], { type: 'text/plain' }), 'notes.txt')
  return form
}

const BODIES: Readonly<Record<string, () => unknown>> = {
  string: () => 'plain text, ünïcode',
  'empty string': () => '',
  URLSearchParams: () => new URLSearchParams({ a: '1', b: 'zwei & drei' }),
  Uint8Array: () => new Uint8Array([0, 1, 2, 254, 255]),
  ArrayBuffer: () => new Uint8Array([9, 8, 7]).buffer,
  Buffer: () => Buffer.from('buffered'),
  Blob: () => new Blob(['blob'], { type: 'application/x-own' }),
  FormData: formOf,
  '200 kB': () => 'x'.repeat(200_000),
}

/** What is sent: methods, bodies, headers, queries. */
export const requestScenarios: readonly Scenario[] = [
  ...METHODS.map((method): Scenario => ({ name: `${method} without a body`, method, answers: anything })),
  ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method): Scenario => ({
    name: `${method} with JSON`,
    method,
    answers: anything,
    json: { title: 'Käse', price: 12.5, tags: ['a', 'b'], none: null },
  })),
  ...Object.entries(BODIES).map(([kind, body]): Scenario => ({
    name: `POST with a body: ${kind}`,
    method: 'POST',
    answers: anything,
    body,
  })),
  ...Object.entries(BODIES).map(([kind, body]): Scenario => ({
    name: `POST with a body and its own content-type: ${kind}`,
    // A multipart body needs the boundary of its own content-type.
    ...(kind === 'FormData' ? { headers: { 'X-Form': 'yes' } } : { headers: { 'Content-Type': 'application/x-mine' } }),
    method: 'POST',
    answers: anything,
    body,
  })),
  {
    name: 'a path and a query',
    path: '/deep/path',
    answers: anything,
    query: { q: 'a b', n: 3, on: true, 'k&y': 'v=w' },
  },
  { name: 'a query in the path', path: '/deep/path?already=there', answers: { 'GET /deep/path': text('x') } },
  {
    name: 'headers in every casing',
    headers: {
      'X-Own': 'One',
      'x-lower': 'two',
      ACCEPT: 'text/x-mine',
      'User-Agent': 'own/1',
      'accept-language': 'de',
    },
  },
  { name: 'authorization and cookies', headers: { Authorization: 'Bearer token', Cookie: 'a=b; c=d' } },
  { name: 'an idempotency key of the caller', method: 'POST', json: {}, headers: { 'Idempotency-Key': 'mine' } },
  {
    name: 'JSON with a header that another layer replaced',
    method: 'PUT',
    json: [1],
    headers: { 'content-type': 'application/vnd.own+json' },
  },
  { name: 'four calls one after the other on one connection', calls: 4 },
  { name: 'four writes one after the other', method: 'POST', json: { n: 1 }, calls: 4, answers: anything },
  {
    name: 'calls with different answers',
    calls: 3,
    answers: [json({ n: 1 }), respond(404, { body: 'gone' }), json({ n: 3 })],
  },
]
