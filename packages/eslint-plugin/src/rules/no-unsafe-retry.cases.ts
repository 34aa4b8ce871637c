import type { RuleCases } from '../../testing/rule-cases.ts'

const pRetry = 'import pRetry from "p-retry"; import axios from "axios";'
const axiosRetry = 'import axiosRetry from "axios-retry"; import axios from "axios"; const a = axios.create();'

export const noUnsafeRetryCases: RuleCases = {
  valid: [
    'policy.execute(() => post(u, b, { headers: { "Idempotency-Key": k } }))',
    `${pRetry} pRetry(() => axios.get(u))`,
    'import ky from "ky"; ky.post(u, { json })',
    'stripe.charges.create(c, { idempotencyKey })',
    'import got from "got"; got.post(u, { retry: { limit: 0 } })',
    `${axiosRetry} axiosRetry(a); a.post(u, b)`,
    `${pRetry} pRetry(() => axios.post(u, b, { headers: { "Idempotency-Key": k } }))`,
    `${pRetry} pRetry(() => axios.post(u, b, { headers }))`,
    `${pRetry} pRetry(() => axios.post(u, b, { headers: { ...common } }))`,
    // What only reads, though it is a POST.
    `${pRetry} pRetry(() => axios.post("https://x.test/graphql", { query: "query { me }" }))`,
    `${pRetry} pRetry(() => axios.post(api, { query: "{ me }" }))`,
    `${pRetry} pRetry(() => axios.post("https://x.test/v1/search", b))`,
    `${pRetry} pRetry(() => axios.post(TOKEN_URL, b))`,
    `${pRetry} pRetry(() => axios.post("https://x.test/users", b, { baseURL: "/" }), { shouldRetry: isConnectError })`,
    // Only refusals are repeated: a 429 was not processed.
    'async function go() { const res = await fetch(u, { method: "POST" }); if (res.status === 429) { await sleep(t); return go() } return res }',
    'import axios from "axios"; async function go() { for (let i = 0; i < 3; i++) { try { return await axios.post(u, b) } catch (e) { if (e.response?.status !== 429) throw e } } }',
    'import axios from "axios"; async function go() { for (let i = 0; i < 3; i++) { try { return await axios.post(u, b) } catch (e) { if (e.code !== "ECONNREFUSED") throw e } } }',
    // Each turn sends something else.
    'import axios from "axios"; async function all(items) { for (const item of items) { try { await axios.post(u, item) } catch (e) { log(e) } } }',
    'import axios from "axios"; async function work() { while (queue.length) { const item = queue.shift(); try { await axios.post(u, item) } catch (e) { log(e) } } }',
    'import ky from "ky"; ky.post(u, { retry: { methods: ["get"] } })',
    'import ky from "ky"; ky.post(u, { retry: { limit: 0, methods: ["post"] } })',
    `${axiosRetry} axiosRetry(a, { retryCondition: (e) => axiosRetry.isNetworkError(e) }); a.post(u, b)`,
    `${axiosRetry} axiosRetry(a, { retryCondition: (e) => e.config.method === "get" || e.response.status >= 500 }); a.post(u, b)`,
    `${axiosRetry} axiosRetry(a, { retryCondition: () => true }); a.get(u)`,
    `${axiosRetry} axiosRetry(axios, { retryCondition: () => true }); a.post(u, b)`,
    'import { useMutation } from "@tanstack/react-query"; useMutation({ mutationFn: () => fetch("https://x.test/orders", { method: "POST", body }) })',
    'import { useQuery } from "@tanstack/react-query"; useQuery({ queryFn: () => fetch("https://x.test/find", { method: "POST", body }) })',
    'import { standardPolicy } from "@holdfast/core"; const policy = standardPolicy({ name: "x" }); policy.execute(() => fetch(u, { method: "POST" }))',
    `${pRetry} pRetry(() => fetch("/api/orders", { method: "POST" }))`,
    `${pRetry} pRetry(() => axios.get("https://x.test/sms/send"))`,
    {
      code: `${pRetry} pRetry(() => axios.post(u, b, { headers: { "X-Request-Id": id } }))`,
      options: { keyHeaders: ['x-request-id'] },
    },
    { code: `${pRetry} pRetry(() => axios.post("https://x.test/rpc/read", b))`, options: { safePosts: ['rpc'] } },
    { code: `${pRetry} pRetry(() => axios.post(u, b))`, filename: 'src/a.test.ts' },
  ],
  invalid: [
    [`${pRetry} pRetry(() => axios.post(u, b))`, 'unsafe'],
    ['import ky from "ky"; ky.post(u, { retry: { methods: ["post"] } })', 'unsafe'],
    ['import got from "got"; got(u, { method: "POST", retry: { methods: ["POST"] } })', 'unsafe'],
    [`${axiosRetry} axiosRetry(a, { retryCondition: () => true }); a.post(u, b)`, 'unsafe'],
    ['import { backOff } from "exponential-backoff"; backOff(() => fetch(u, { method: "PATCH", body }))', 'unsafe'],
    [
      'import axios from "axios"; async function go() { for (const _ of tries) try { return await axios.post(u, b) } catch {} }',
      'unsafe',
    ],
    [
      'import axios from "axios"\nasync function go(n) {\n  try {\n    return await axios.post(u, b)\n  } catch (e) {\n    if (n > 3) throw e\n    return go(n + 1)\n  }\n}',
      'unsafe@4',
    ],
    [`${pRetry}\nasync function send() {\n  return axios.post(u, b)\n}\npRetry(send)`, 'unsafe@3'],
    [
      'async function again(fn) { for (let n = 0; n < 3; n++) { try { return await fn() } catch (e) { last = e } } } again(() => fetch("https://x.test", { method: "POST" }))',
      'unsafe',
    ],
    [
      'import { retry, handleAll, wrap } from "cockatiel"; const p = wrap(retry(handleAll, { maxAttempts: 3 }), t); p.execute(() => fetch(u, { method: "POST" }))',
      'unsafe',
    ],
    ['import { ofetch } from "ofetch"; ofetch(u, { method: "POST", retry: 3 })', 'unsafe'],
    // The cause is reported once, however many requests there are.
    [
      'import ky from "ky"\nconst api = ky.create({\n  retry: { methods: ["get", "post"] },\n})\napi.post(u)\napi.post(v)',
      'unsafe@3',
    ],
    [`${axiosRetry}\naxiosRetry(a, { retryCondition: axiosRetry.isRetryableError })\na.post(u, b)`, 'unsafe@2'],
    [
      'async function go() { for (let i = 0; i < 3; i++) { const res = await fetch(u, { method: "POST" }); if (res.ok) return res } }',
      'unsafe',
    ],
    [
      { code: `${pRetry} pRetry(() => axios.get("https://x.test/sms/send"))`, options: { sideEffectUrls: ['/sms/'] } },
      'unsafe',
    ],
    [{ code: 'import ky from "ky"; ky.get("https://x.test/push")', options: { sideEffectUrls: ['/push'] } }, 'unsafe'],
    [
      { code: `${pRetry} pRetry(() => fetch("/api/orders", { method: "POST" }))`, options: { sameOrigin: 'check' } },
      'unsafe',
    ],
  ],
}
