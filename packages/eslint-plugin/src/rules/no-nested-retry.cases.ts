import type { RuleCases } from '../../testing/rule-cases.ts'

const kyAnd = 'import ky from "ky"; import pRetry from "p-retry";'
const axiosAnd = 'import axios from "axios"; import axiosRetry from "axios-retry"; import pRetry from "p-retry";'

const hooked = (policy: string): string =>
  `${kyAnd} import { standardPolicy } from "@holdfast/core"; import { kyHooks } from "@holdfast/ky-hooks"; import { imported } from "./policies"; const api = ky.extend(kyHooks(${policy}));`

export const noNestedRetryCases: RuleCases = {
  valid: [
    'import ky from "ky"; ky.get(u)',
    `${kyAnd} pRetry(() => ky.get(u, { retry: 0 }))`,
    `${kyAnd} const api = ky.create({ retry: { limit: 0 } }); pRetry(() => api.get(u))`,
    // ky leaves POST alone.
    `${kyAnd} pRetry(() => ky.post(u))`,
    `${kyAnd} pRetry(() => ky.get(u), { retries: 0 })`,
    'import axios from "axios"; import pRetry from "p-retry"; pRetry(() => axios.get(u))',
    `${axiosAnd} const api = axios.create(); axiosRetry(api); pRetry(() => axios.get(u)); api.get(u)`,
    `${axiosAnd} const api = axios.create(); axiosRetry(api, { retries: 0 }); pRetry(() => api.get(u))`,
    'import ky from "ky"; async function all(urls) { for (const u of urls) { try { await ky.get(u) } catch (e) { log(e) } } }',
    // Only a refusal for lack of rights is repeated.
    'import ky from "ky"; async function go() { try { return await ky.get(u) } catch (e) { if (e.response.status !== 401) throw e; await refresh(); return go() } }',
    'import got from "got"; import { backOff } from "exponential-backoff"; backOff(() => got(u, { retry: { limit: 0 } }))',
    'import { useQuery } from "@tanstack/react-query"; import ky from "ky"; useQuery({ queryKey, queryFn: () => ky.get(u), retry: false })',
    'import OpenAI from "openai"; import pRetry from "p-retry"; const ai = new OpenAI({ maxRetries: 0 }); pRetry(() => ai.chat.completions.create(x))',
    'import pRetry from "p-retry"; pRetry(a).then(() => pRetry(b))',
    'import { standardPolicy } from "@holdfast/core"; import ky from "ky"; const policy = standardPolicy({ name: "x", retry: false }); policy.execute(() => ky.get(u))',
    // Running a callback for each of some things is no retry.
    'function each(list, fn) { for (const one of list) fn(one) } function all(lists) { each(lists, (list) => each(list, (one) => show(one))) }',
    'import axios from "axios"; import { attach } from "@holdfast/axios-interceptor"; const client = () => axios.create(); function a() { const api = client(); attach(api, p); return api.get(u) } function b() { const api = client(); attach(api, q); return api.get(u) }',
    // Under kyHooks the policy retries and ky does not: that is one retry, as often as the policy says.
    `${hooked('standardPolicy({ name: "x" })')} api.get(u)`,
    `${hooked('standardPolicy({ name: "x" })')} api.get(u, { retry: 5 })`,
    `${hooked('standardPolicy({ name: "x" })')} pRetry(() => api.get(u, { resilience: { retry: false } }))`,
    `${hooked('standardPolicy({ name: "x" })')} pRetry(() => api.post(u))`,
    // Neither the policy nor ky retries.
    `${hooked('standardPolicy({ name: "x", retry: false })')} pRetry(() => api.get(u, { retry: 0 }))`,
    `${hooked('standardPolicy({ name: "x", retry: { maxRetries: 0 } })')} pRetry(() => api.get(u, { retry: 0 }))`,
    // Who knows whether the imported policy retries; ky does not.
    `${hooked('imported')} pRetry(() => api.get(u, { retry: 0 }))`,
    // The attached policy has no retry.
    `${axiosAnd} import { attach } from "@holdfast/axios-interceptor"; import { createPolicy, deadline } from "@holdfast/core"; const api = axios.create(); axiosRetry(api); attach(api, createPolicy({ name: "x", strategies: [deadline({ afterMs: 9 })] })); api.get(u)`,
    // Whether the instance retries is decided elsewhere.
    'import { api } from "./api"; import pRetry from "p-retry"; pRetry(() => api.get(u))',
    { code: `${kyAnd} pRetry(() => ky.get(u))`, filename: 'src/a.test.ts' },
  ],
  invalid: [
    [`${hooked('standardPolicy({ name: "x", retry: { maxRetries: 4 } })')} pRetry(() => api.get(u))`, 'nested'],
    [`${hooked('standardPolicy({ name: "x" })')} pRetry(() => api.get(u, { retry: 0 }))`, 'nested'],
    [
      `${hooked('standardPolicy({ name: "x" })')} const child = api.extend({ retry: 0 }); pRetry(() => child.get(u))`,
      'nested',
    ],
    // ky's own retries stay where the policy has none.
    [`${hooked('standardPolicy({ name: "x", retry: false })')} pRetry(() => api.get(u))`, 'nested'],
    // Either the imported policy retries, or ky does.
    [`${hooked('imported')} pRetry(() => api.get(u))`, 'multiplies'],
    [
      `${axiosAnd} import { attach } from "@holdfast/axios-interceptor"; import { standardPolicy } from "@holdfast/core"; const api = axios.create(); attach(api, standardPolicy({ name: "x" })); pRetry(() => api.get(u))`,
      'nested',
    ],
    [`${kyAnd} pRetry(() => ky.get(u))`, 'nested'],
    [`${axiosAnd} const api = axios.create(); axiosRetry(api); pRetry(() => api.get(u))`, 'nested'],
    [
      'import ky from "ky"\nasync function go() {\n  for (let i = 0; i < 3; i++) {\n    try {\n      return await ky.get(u)\n    } catch (e) {\n      await sleep(100)\n    }\n  }\n}',
      'nested@5',
    ],
    [
      'import got from "got"; async function go(n) { try { return await got(u) } catch (e) { if (n > 3) throw e; return go(n + 1) } }',
      'multiplies',
    ],
    [
      'import { standardPolicy } from "@holdfast/core"; import ky from "ky"; const policy = standardPolicy({ name: "x" }); policy.execute(() => ky.get(u))',
      'nested',
    ],
    [
      'import { useQuery } from "@tanstack/react-query"; import ky from "ky"; useQuery({ queryKey, queryFn: () => ky.get(u).json() })',
      'nested',
    ],
    [
      'import ky from "ky"; import { backOff } from "exponential-backoff"; const load = () => ky.get(u, { retry: 5 }); backOff(load)',
      'nested',
    ],
    ['import pRetry from "p-retry"; import { backOff } from "exponential-backoff"; pRetry(() => backOff(f))', 'nested'],
    [
      'import OpenAI from "openai"; import pRetry from "p-retry"; const ai = new OpenAI({ apiKey }); pRetry(() => ai.chat.completions.create(x))',
      'nested',
    ],
    [
      'import { ofetch } from "ofetch"; import pRetry from "p-retry"; pRetry(() => ofetch(u), { retries })',
      'multiplies',
    ],
    [
      `${axiosAnd} import { attach } from "@holdfast/axios-interceptor"; const api = axios.create(); axiosRetry(api); attach(api, policy); api.get(u)`,
      'multiplies',
    ],
    [
      `${axiosAnd} import ky from "ky"; axiosRetry(axios, { retries: 2 }); pRetry(() => axios.get(u), { retries: 4 })`,
      'nested',
    ],
    [
      'async function again(fn) { for (let n = 0; n < 3; n++) { try { return await fn() } catch (e) { last = e } } } import ky from "ky"; again(() => ky.get(u))',
      'multiplies',
    ],
  ],
}
