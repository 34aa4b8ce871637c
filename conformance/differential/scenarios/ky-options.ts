import { delayed, drip, json, redirect, respond, stall, text } from '@holdfast/fault-server'
import type { Options } from 'ky'
import type { Scenario, Stage } from '../scenario.ts'

const given = (
  name: string,
  ky: (stage: Stage) => Options,
  extra: Omit<Scenario, 'name' | 'ky' | 'families'> = {},
): Scenario => ({ name: `ky: ${name}`, families: ['ky'], ky, ...extra })

const SHORTCUTS = ['json', 'text', 'arrayBuffer', 'blob', 'formData'] as const
// ky's `timeout` is the attempt timeout of the policy: its error has the policy's as cause, and its request is not aborted.
const TIMED_OUT = /^results\.0\.before\.(keys\.3|hidden\.1|own\.(cause|request\.signal))/
const ON_KY_2 = { only: /^ky 2/ }
const anything = { '* /': json({ n: 1 }) }
const missing = json({ why: 'gone' }, { status: 404 })
const upload = (): Options => ({ body: new Blob(['streamed']).stream(), duplex: 'half', method: 'put' }) as Options

/** Options, hooks and shortcuts of ky. */
export const kyOptionScenarios: readonly Scenario[] = [
  ...SHORTCUTS.flatMap((shortcut): Scenario[] => [
    given(`.${shortcut}()`, () => ({}), {
      shortcut,
      ...(shortcut === 'formData'
        ? { answers: [respond(200, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' })] }
        : {}),
    }),
    given(`.${shortcut}() of a 404`, () => ({}), { shortcut, answers: [missing] }),
  ]),
  given('.json() of broken JSON', () => ({}), { shortcut: 'json', answers: [text('{"a":')] }),
  given('.json() of an empty body', () => ({}), { shortcut: 'json', answers: [respond(204)] }),
  given(
    'parseJson of the caller',
    ({ note }) => ({
      parseJson: (body: string) => {
        note('parse', body)
        return { parsed: body }
      },
    }),
    { shortcut: 'json' },
  ),
  given(
    'parseJson that throws',
    ({ reason }) => ({
      parseJson: () => {
        throw reason
      },
    }),
    { shortcut: 'json' },
  ),
  given('stringifyJson of the caller', () => ({ method: 'post', json: { a: 1 }, stringifyJson: () => '"own"' }), {
    answers: anything,
  }),
  given('searchParams as a string', () => ({ searchParams: 'a=b&c=d e' })),
  given('searchParams as pairs', () => ({
    searchParams: [
      ['a', '1'],
      ['a', '2'],
    ],
  })),
  given('throwHttpErrors false', () => ({ throwHttpErrors: false }), { answers: [missing] }),
  given('throwHttpErrors false of a 503', () => ({ throwHttpErrors: false, retry: 0 }), {
    answers: [respond(503)],
    isRetryable: true,
  }),
  given('retry 0 that succeeds', () => ({ retry: 0 })),
  given('timeout false', () => ({ timeout: false })),
  given('timeout', () => ({ timeout: 400, retry: 0 }), { answers: [stall()], isRetryable: true, known: TIMED_OUT }),
  given('timeout that is not reached', () => ({ timeout: 5_000 }), { answers: [delayed(text('in time'), 20)] }),
  given('a redirect that is refused', () => ({ redirect: 'error' }), {
    answers: [redirect('/there')],
    isRetryable: true,
  }),
  given('a redirect by hand', () => ({ redirect: 'manual', throwHttpErrors: false }), {
    answers: [redirect('/there')],
  }),
  given('a stream as body', upload, { answers: anything }),
  // On ky 1 a `fetch` option of the call takes the place of the policy.
  given(
    'a fetch option',
    ({ note }) => ({
      fetch: async (input, init) => {
        const response = await globalThis.fetch(input, init)
        note('fetched', response.status)
        return response
      },
    }),
    ON_KY_2,
  ),
  given('a fetch option that throws', ({ reason }) => ({ retry: 0, fetch: () => Promise.reject(reason) }), ON_KY_2),
  given(
    'hooks',
    ({ note }) => ({
      hooks: {
        beforeRequest: [(...args) => note('beforeRequest', args.length)],
        afterResponse: [(...args) => note('afterResponse', args.length)],
        beforeRetry: [() => note('beforeRetry')],
        beforeError: [
          (first: unknown) => {
            note('beforeError')
            return first instanceof Error ? first : (first as { error: Error }).error
          },
        ],
      },
    }),
    { answers: [missing] },
  ),
  given('a beforeRequest hook that answers', () => ({ hooks: { beforeRequest: [() => new Response('made up')] } }), {
    isUnseen: true,
  }),
  given(
    'a beforeRequest hook that throws',
    ({ reason }) => ({
      retry: 0,
      hooks: {
        beforeRequest: [
          () => {
            throw reason
          },
        ],
      },
    }),
    { isUnseen: true },
  ),
  given('an afterResponse hook that replaces', () => ({
    hooks: { afterResponse: [() => new Response('replaced', { status: 203 })] },
  })),
  given('an afterResponse hook that throws', ({ reason }) => ({
    retry: 0,
    hooks: {
      afterResponse: [
        () => {
          throw reason
        },
      ],
    },
  })),
  given(
    'a download that is watched',
    ({ note }) => ({
      onDownloadProgress: ({ percent }: { percent: number }) => note(percent === 1 ? 'whole' : 'part'),
    }),
    {
      answers: [text('x'.repeat(2_000))],
    },
  ),
  given('a context', () => ({ context: { mine: [1] } }), { answers: [missing] }),
  given('keys nobody knows', () => ({ next: { revalidate: 1 } }) as Options),
  given('a header that is none', () => ({ headers: { 'bad name': 'x' } }), { isUnseen: true }),
  given('a dripping body by a shortcut', () => ({}), {
    shortcut: 'text',
    answers: [drip(text('x'.repeat(10)), { chunkBytes: 1, everyMs: 50 })],
  }),
]
