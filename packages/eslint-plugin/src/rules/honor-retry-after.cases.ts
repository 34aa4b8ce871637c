import type { RuleCases } from '../../testing/rule-cases.ts'

const axiosRetry =
  'import axiosRetry, { retryAfter } from "axios-retry"; import axios from "axios"; const a = axios.create();'

export const honorRetryAfterCases: RuleCases = {
  valid: [
    'async function go(r) { if (r.status === 429) await sleep(Number(r.headers.get("retry-after")) * 1e3) }',
    'import ky from "ky"; ky.get(u)',
    'policy({ retryAfter: true })',
    'function f(r) { if (r.status === 429) throw new RateLimited(r) }',
    `${axiosRetry} axiosRetry(a, { retryCondition: (e) => e.response.status === 429, retryDelay: (n, e) => retryAfter(e) })`,
    'function f(s) { if (s === 503) return fallback() }',
    // Somebody else gets the answer and may read it.
    'import { waitFor } from "./wait"; async function go(r) { if (r.status === 429) { await waitFor(r); return go(await fetch(u)) } }',
    'async function go(r) { if (r.status === 429) { await sleep(delayFrom(r.headers)); return go(await fetch(u)) } }',
    'const wait = (r) => Number(r.headers.get("Retry-After")) * 1000\nasync function go(r) { if (r.status === 429) { await sleep(wait(r)) } }',
    'async function go() { const r = await fetch(u); const resetAt = r.headers.get("x-ratelimit-reset"); if (r.status === 429) { await sleep(resetAt * 1000 - Date.now()); return go() } }',
    // Neither waits nor tries again.
    'function f(r) { switch (r.status) { case 429: return "later"; case 503: log.warn("down") } }',
    'function f(r) { if (r.status === 429) log.warn("limited", r) }',
    // Another status, or any failure.
    'async function go() { const r = await fetch(u); if (r.status === 500) { await sleep(1000); return go() } }',
    'async function go() { const r = await fetch(u); if (!r.ok) { await sleep(1000); return go() } }',
    'import { ofetch } from "ofetch"; ofetch(u, { retryStatusCodes: [500], retryDelay: 500 })',
    'import { ofetch } from "ofetch"; ofetch(u, { retryStatusCodes: [429], retryDelay: (context) => delayOf(context) })',
    'import pRetry, { AbortError } from "p-retry"; pRetry(async () => { const r = await fetch(u); if (r.status === 429) throw new AbortError("limited"); return r })',
    'import pRetry from "p-retry"; pRetry(async () => { const r = await fetch(u); if (r.status === 429) throw new Limited(r); return r }, { onFailedAttempt: async ({ error }) => { await sleep(error.retryAfter) } })',
    // The answer of this server, not of another one.
    'app.use((req, res) => { res.status(429).end() })',
    {
      code: 'async function go(r) { if (r.status === 503) { await sleep(1000); return go() } }',
      options: { statuses: [429] },
    },
    {
      code: 'async function go(r) { if (r.status === 429) { await sleep(1000); return go() } }',
      filename: 'src/a.test.ts',
    },
  ],
  invalid: [
    [
      'async function go() { const r = await fetch(u); if (r.status === 429) { await sleep(1000); return go() } }',
      'ignored',
    ],
    ['function f(e, n) { if (e.response.status === 429) return retry(n + 1) }', 'ignored'],
    ['import { ofetch } from "ofetch"; ofetch(u, { retryStatusCodes: [429], retryDelay: 500 })', 'ignored'],
    ['function f(r) { switch (r.status) { case 429: setTimeout(go, t *= 2) } }', 'ignored'],
    [
      'import pRetry from "p-retry"; pRetry(async () => { const r = await fetch(u); if (r.status === 429) throw new Error("limited"); return r })',
      'ignored',
    ],
    ['async function f() { let r = await fetch(u); while (r.status === 429) r = await fetch(u) }', 'ignored'],
    [
      'async function go() {\n  for (let i = 0; i < 5; i++) {\n    const r = await fetch(u)\n    if (\n      r.status === 429 ||\n      r.status === 503\n    ) {\n      await sleep(2 ** i * 1000)\n      continue\n    }\n    return r\n  }\n}',
      'ignored@5',
    ],
    [
      'async function go(n) { try { return await f() } catch (e) { if (e.response?.status === 503 && n < 3) { await sleep(500); return go(n + 1) } throw e } }',
      'ignored',
    ],
    [
      'async function go() { const r = await fetch(u); if ([429, 503].includes(r.status)) { await new Promise((go) => setTimeout(go, 1000)); return go() } }',
      'ignored',
    ],
    [
      'async function load() { const r = await fetch(u); if (r.status === 429) throw new Error("limited"); return r }\nimport { backOff } from "exponential-backoff"\nbackOff(load)',
      'ignored',
    ],
    [
      `${axiosRetry} axiosRetry(a, { retryCondition: (e) => e.response.status === 429, retryDelay: (n) => n * 1000 })`,
      'ignored',
    ],
    [
      {
        code: 'async function go(r) { if (r.status === 420) { await sleep(1000); return go() } }',
        options: { statuses: [420] },
      },
      'ignored',
    ],
  ],
}
