import type { RuleCases } from '../../testing/rule-cases.ts'

const axios = 'import axios from "axios";'

export const noUnboundedFanOutCases: RuleCases = {
  valid: [
    'Promise.all([fetch(a), fetch(b)])',
    'import pMap from "p-map"; pMap(xs, f, { concurrency: 5 })',
    'Promise.all(xs.slice(0, 5).map((x) => fetch(x)))',
    'import pLimit from "p-limit"; const limit = pLimit(3); Promise.all(xs.map((x) => limit(() => fetch(x))))',
    'async function go() { for (const x of xs) await fetch(x) }',
    'Promise.all(xs.map((x) => x.id))',
    // The length is known.
    'const urls = [a, b, c]; Promise.all(urls.map((u) => fetch(u)))',
    'const HOSTS = { a: 1, b: 2 }; Promise.all(Object.keys(HOSTS).map((host) => fetch(`https://${host}.x.test`)))',
    'Promise.all(Array.from({ length: 3 }, (_, n) => fetch(`https://x.test/${n}`)))',
    'async function go() { for (let i = 0; i < xs.length; i += 10) await Promise.all(xs.slice(i, i + 10).map((x) => fetch(x))) }',
    'async function go() { for (const some of chunk(xs, 10)) await Promise.all(some.map((x) => fetch(x))) }',
    'async function go(batch) { await Promise.all(batch.map((x) => fetch(x))) }',
    'Promise.all(["a", "b"].filter(Boolean).map((x) => fetch(x)))',
    // Something holds the requests back.
    'Promise.all(xs.map(async (x) => { await semaphore.acquire(); return fetch(x) }))',
    'Promise.all(xs.map(async (x, n) => { await sleep(n * 100); return fetch(x) }))',
    'Promise.all(xs.map((x) => queue.add(() => fetch(x))))',
    `import rateLimit from "axios-rate-limit"; ${axios} const api = rateLimit(axios.create(), { maxRPS: 5 }); Promise.all(xs.map((x) => api.get(x)))`,
    `import { attach } from "@holdfast/axios-interceptor"; ${axios} const api = axios.create(); attach(api, policy); Promise.all(xs.map((x) => api.get(x)))`,
    // No request to somebody else.
    'Promise.all(xs.map((x) => fetch("/api/" + x)))',
    'Promise.all(xs.map((x) => fetch("http://localhost:3000/" + x)))',
    'Promise.all(xs.map((x) => db.find(x)))',
    'requests.forEach((request) => request.get("host"))',
    'function all(fetch) { return Promise.all(xs.map((x) => fetch(x))) }',
    'xs.forEach((x) => x.save())',
    'xs.map((x) => () => fetch(x))',
    'import pMap from "p-map"; const size = (x) => x.length; pMap(xs, size)',
    'async function go() { const all = []; for (const x of xs) { all.push(fetch(x)); if (all.length === 5) await Promise.all(all.splice(0)) } await Promise.all(all) }',
    { code: 'Promise.all(urls.map((u) => fetch(u)))', filename: 'src/a.spec.ts' },
    { code: 'Promise.all(xs.slice(0, 50).map((x) => fetch(x)))', options: { max: 50 } },
  ],
  invalid: [
    ['Promise.all(urls.map((u) => fetch(u)))', 'unbounded'],
    [`${axios} const load = (id) => axios.get(u + id); Promise.allSettled(ids.map(load))`, 'unbounded'],
    [
      `${axios} async function go() { await Promise.all(users.map(async (u) => { await axios.post(h, u) })) }`,
      'unbounded',
    ],
    [`${axios} xs.forEach((x) => axios.post(h, x))`, 'unbounded'],
    ['import got from "got"; Promise.all(Array.from(set, (x) => got(x)))', 'unbounded'],
    ['import pMap from "p-map"; pMap(xs, f)', 'unbounded'],
    [
      'async function go() {\n  const jobs = ids.map((id) => fetch(`https://x.test/${id}`))\n  return await Promise.all(jobs)\n}',
      'unbounded@3',
    ],
    [
      'class A { load(id) { return fetch(this.base + id) } async all(ids) { return Promise.all(ids.map((id) => this.load(id))) } }',
      'unbounded',
    ],
    [
      'const one = (x) => fetch(x); const two = async (x) => (await one(x)).ok; Promise.all(xs.map((x) => two(x)))',
      'unbounded',
    ],
    ['Promise.all([...xs.map((x) => fetch(x)), other()])', 'unbounded'],
    ['import pRetry from "p-retry"; Promise.all(xs.map((x) => pRetry(() => fetch(x))))', 'unbounded'],
    [
      'async function go() {\n  const all = []\n  for (const x of xs) all.push(fetch(x))\n  await Promise.all(all)\n}',
      'unbounded@4',
    ],
    ['Promise.all(Object.values(given).map((x) => fetch(x)))', 'unbounded'],
    [{ code: 'Promise.all(xs.slice(0, 50).map((x) => fetch(x)))', options: { max: 10 } }, 'unbounded'],
    [{ code: 'Promise.all(xs.map((x) => fetch("/api/" + x)))', options: { sameOrigin: 'check' } }, 'unbounded'],
  ],
}
