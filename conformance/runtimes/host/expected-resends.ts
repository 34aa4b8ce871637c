import type { ProbedResend } from './resends.ts'

type Runtime = 'Node 24' | 'Bun' | 'Deno' | 'Chromium'

// Seen 2026-11-21: Node 24.11, Bun 1.4.5, Deno 2.9.6, Chromium 150. A runtime that changes fails the tests, so that the
// guide changes with it.
const RESENT: Readonly<Record<Runtime, readonly ProbedResend['method'][]>> = {
  'Node 24': [],
  Bun: ['GET', 'PUT'],
  Deno: ['GET', 'PUT', 'POST'],
  Chromium: ['GET', 'PUT', 'POST'],
}

const expected = (runtime: Runtime): readonly ProbedResend[] =>
  (['GET', 'PUT', 'POST'] as const).flatMap((method) =>
    [false, true].flatMap((isReused) =>
      (['reset', 'end'] as const).map((ending) => {
        // The preflight of a PUT leaves a connection in Chromium's pool.
        const isPooled = isReused || (runtime === 'Chromium' && method === 'PUT')
        const requests = isPooled && RESENT[runtime].includes(method) ? 2 : 1
        return { method, isReused, ending, requests, hasReused: isReused }
      }),
    ),
  )

/** Requests on the wire for one stock `fetch` whose connection breaks after the server has read the request. */
export const RESENDS = {
  'Node 24': expected('Node 24'),
  Bun: expected('Bun'),
  Deno: expected('Deno'),
  Chromium: expected('Chromium'),
}

/** The same as the guide shows it, a row each, without the blanks that line up columns. */
export const resendRows = (): readonly string[] =>
  (['GET', 'PUT', 'POST'] as const).map((method) =>
    [method, ...Object.values(RESENT).map((methods) => (methods.includes(method) ? 'sent again' : 'once'))].join('|'),
  )
