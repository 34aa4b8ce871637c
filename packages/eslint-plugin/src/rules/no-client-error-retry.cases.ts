import type { RuleCases } from '../../testing/rule-cases.ts'

const axiosRetry = 'import axiosRetry from "axios-retry"; import axios from "axios"; const a = axios.create();'

export const noClientErrorRetryCases: RuleCases = {
  valid: [
    'import ky from "ky"; ky.get(u, { retry: { statusCodes: [429, 503] } })',
    'import pRetry from "p-retry"; pRetry(f, { shouldRetry: (e) => e.status >= 500 })',
    `${axiosRetry} axiosRetry(a, { retryCondition: (e) => isNetworkError(e) })`,
    'function f(res) { if (res.status === 429) retry() }',
    'import pRetry from "p-retry"; pRetry(f, { shouldRetry })',
    'import { ofetch } from "ofetch"; ofetch(u, { retryStatusCodes: [408, 502] })',
    `${axiosRetry} axiosRetry(a, { retryCondition: (e) => !e.response || e.response.status >= 500 })`,
    `${axiosRetry} axiosRetry(a, { retryCondition: (e) => axiosRetry.isNetworkOrIdempotentRequestError(e) || e.response?.status === 429 })`,
    'const policy = { shouldRetry: (e) => [408, 429, 500].includes(e.status) }',
    'const policy = { shouldRetry(e) { if (e.status >= 400 && e.status < 500 && e.status !== 429) return false; return true } }',
    'const policy = { shouldRetry: () => true }',
    // What a list is for is in its name.
    'expect({ statusCodes: [400, 500] })',
    'const failing = { statusCodes: [404] }',
    'const RETRYABLE_STATUS_CODES = new Set([408, 429, 500, 502])',
    // 413 is tried again only when it names a wait.
    'import ky from "ky"; ky.get(u, { retry: { statusCodes: [408, 413, 429, 500] } })',
    // A new token makes it another request.
    'async function go() { const res = await fetch(u); if (res.status === 401) { await refreshToken(); return go() } return res }',
    'import ky from "ky"; ky.extend({ retry: { statusCodes: [401, 429] }, hooks: { beforeRetry: [renew] } })',
    // The refusals have left before.
    'async function go() { const res = await fetch(u); if (res.status < 500) return res; if (!res.ok) return go() }',
    'async function go() { const res = await fetch(u); if (!res.ok) { if (res.status < 500) throw new Error("refused"); return go() } return res }',
    // The next thing, not the same again.
    'async function all(urls) { for (const u of urls) { const res = await fetch(u); if (!res.ok) continue; use(res) } }',
    'function f(res) { if (!res.ok) showError() }',
    {
      code: `${axiosRetry} axiosRetry(a, { retryCondition: (e) => e.response.status === 409 })`,
      options: { allow: [409] },
    },
    {
      code: 'import pRetry from "p-retry"; import axios from "axios"; pRetry(() => axios.get(u), { shouldRetry })',
      options: { defaultConditions: 'check' },
    },
    { code: 'import pRetry from "p-retry"; pRetry(() => fetch(u))', options: { defaultConditions: 'check' } },
  ],
  invalid: [
    ['import ky from "ky"; ky.get(u, { retry: { statusCodes: [400, 500] } })', 'status'],
    ['import pRetry from "p-retry"; pRetry(f, { shouldRetry: (e) => e.status >= 400 })', 'status'],
    [`${axiosRetry} axiosRetry(a, { retryCondition: () => true })`, 'status'],
    ['async function f(res) { if (!res.ok) return again() }', 'status'],
    ['import { ofetch } from "ofetch"; ofetch(u, { retryStatusCodes: [404] })', 'status'],
    ['function f(res) { if (res.status === 401 || res.status >= 500) retry() }', 'status'],
    [
      'async function go(n) {\n  const res = await fetch(u)\n  if (!res.ok && n < 3) return go(n + 1)\n  return res\n}',
      'status@3',
    ],
    [
      'async function go() { for (let i = 0; i < 3; i++) { const res = await fetch(u); if (res.status >= 400) { await sleep(2 ** i); continue } return res } }',
      'status',
    ],
    ['const RETRYABLE_STATUS_CODES = [408, 404, 500]', 'status'],
    ['const config = {\n  retry: {\n    statusCodes: [\n      429,\n      403,\n    ],\n  },\n}', 'status@5'],
    [
      `${axiosRetry} axiosRetry(a, { retryCondition: (e) => axios.isAxiosError(e) && e.response.status !== 500 })`,
      'status',
    ],
    ['const policy = { shouldRetry(e) { if (e.status < 400) return false; return true } }', 'status'],
    ['const raxConfig = { statusCodesToRetry: [[100, 199], [400, 429], [500, 599]] }', 'status'],
    [
      'const isRefused = (status) => status >= 400; const policy = { shouldRetry: (e) => isRefused(e.status) }',
      'status',
    ],
    [
      {
        code: 'import pRetry from "p-retry"; import axios from "axios"; pRetry(() => axios.get(u))',
        options: { defaultConditions: 'check' },
      },
      'defaultCondition',
    ],
    [
      {
        code: `${axiosRetry} axiosRetry(a, { retryCondition: (e) => e.response.status === 429 })`,
        options: { allow: [408] },
      },
      'status',
    ],
  ],
}
