import { drip, redirect, stall, text, json } from '@holdfast/fault-server'
import type { Scenario, Stage } from '../scenario.ts'

const given = (
  name: string,
  fetch: (stage: Stage) => RequestInit,
  extra: Omit<Scenario, 'name' | 'fetch' | 'families'> = {},
): Scenario => ({ name: `fetch: ${name}`, families: ['fetch'], fetch, ...extra })

const stream = (...parts: readonly string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part))
      controller.close()
    },
  })
const upload = (...parts: readonly string[]): RequestInit => ({ body: stream(...parts), duplex: 'half' }) as RequestInit
const anything = { '* /': json({ n: 1 }) }

/** Options of fetch, right and wrong. */
export const fetchOptionScenarios: readonly Scenario[] = [
  given('a stream as body', () => upload('one', 'two'), { method: 'PUT', answers: anything }),
  given('a stream without duplex', () => ({ body: stream('x') }), { method: 'PUT', answers: anything }),
  given('a stream to a server that fails', () => upload('one'), {
    method: 'PUT',
    answers: [json({}, { status: 503 })],
  }),
  given('headers as Headers', () => ({ headers: new Headers({ 'x-a': '1' }) })),
  given('headers as pairs', () => ({
    headers: [
      ['x-a', '1'],
      ['x-a', '2'],
    ],
  })),
  given('a method in lower case', () => ({ method: 'post' }), { answers: anything }),
  given('a method of its own', () => ({ method: 'REPORT' }), { answers: { '* /': text('x') } }),
  given('redirect manual', () => ({ redirect: 'manual' }), { answers: [redirect('/there')] }),
  given('redirect error', () => ({ redirect: 'error' }), { answers: [redirect('/there')] }),
  given('cache, credentials, mode and referrer', () => ({
    cache: 'no-store',
    credentials: 'include',
    mode: 'cors',
    referrer: '',
  })),
  given('integrity that does not match', () => ({ integrity: 'sha256-AAAA' }), { isRetryable: true }),
  given('keepalive', () => ({ keepalive: true })),
  given('init keys nobody knows', () => ({ next: { revalidate: 1 }, cf: {} }) as RequestInit),
  given('a GET with a body', () => ({ body: 'x' })),
  given('a header that is none', () => ({ headers: { 'bad name': 'x' } }), { isUnseen: true }),
  given('a forbidden method', () => ({ method: 'CONNECT' })),
  given('a signal that is none', () => ({ signal: {} as AbortSignal }), { isUnseen: true }),
  given('a signal of null', () => ({ signal: null })),
  given('AbortSignal.timeout as signal', () => ({ signal: AbortSignal.timeout(400) }), { answers: [stall()] }),
  given(
    'a reason that is no error',
    ({ later }) => {
      const controller = new AbortController()
      later(60, () => controller.abort('just words'))
      return { signal: controller.signal }
    },
    { answers: [stall()] },
  ),
  given(
    'a reason of undefined',
    ({ later }) => {
      const controller = new AbortController()
      later(60, () => controller.abort())
      return { signal: controller.signal }
    },
    { answers: [stall()] },
  ),
  given('a body that is aborted while it is streamed', () => ({}), {
    abort: 90,
    read: 'stream',
    answers: [drip(text('x'.repeat(30)), { chunkBytes: 1, everyMs: 20 })],
  }),
]
