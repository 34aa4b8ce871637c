import type { RuleCases } from '../../testing/rule-cases.ts'

export const requireTimeoutCases: RuleCases = {
  valid: [
    'async function f({ signal }) { const request = new Request("https://x.test/a", { signal }); return fetch(request) }',
    'const load = (u, { timeout = 5_000, ...init } = {}) => fetch(u, { ...init, signal: timeout ? AbortSignal.timeout(timeout) : undefined }); load("https://x.test/a")',
    'const load = (u, init) => fetch(u, init); load("https://x.test/a", { signal: AbortSignal.timeout(5e3) })',
    'fetch(u, { signal: AbortSignal.timeout(5e3) })',
    'import axios from "axios"; const a = axios.create({ timeout: 5000 }); a.get(u)',
    'import axios from "axios"; axios.defaults.timeout = 3000; axios.post(u, b)',
    'import ky from "ky"; ky.get(u)',
    'fetch("/api/me")',
    'Promise.race([fetch(u), deadline(5000)])',
    'fetch(u, { signal: AbortSignal.any([s, AbortSignal.timeout(1e3)]) })',
    'function f(fetch) { return fetch(u) }',
    'app.get("/x", (request) => request.get("host"))',
    'import { api } from "./api"; api.get(u)',
    'import type { AxiosInstance } from "axios"; function f(http: AxiosInstance) { return http.get(u) }',
    'import axios from "axios"; export const make = (userConfig) => axios.create({ ...userConfig, baseURL })',
    'import axios from "axios"; const c = () => ({ timeout: 1000 }); axios.get(u, c())',
    'import axios from "axios"; function proxied(config) { config.proxy = p; return config } axios.get(u, proxied({ timeout: 8000 }))',
    'const controller = new AbortController(); setTimeout(() => controller.abort(), 1000); fetch(u, { signal: controller.signal })',
    'function f(signal) { return fetch(u, { signal }) }',
    'async function f() { const timedOut = new Promise((_, no) => setTimeout(no, 1000)); return Promise.race([fetch(u), timedOut]) }',
    'fetch("http://localhost:8080/health")',
    'fetch(`http://127.0.0.1:${port}/`)',
    'export async function load({ fetch }) { return fetch("https://x.test") }',
    'query.refetch(); list.fetchNextPage(); db.fetchBatch(1)',
    'import got from "ky"; got.get(u)',
    'import request from "got"; request(u, { timeout: { request: 1000 } })',
    'import http from "node:http"; http.get(u, { timeout: 1000 }, cb)',
    'import https from "https"; const req = https.request(u, cb); req.setTimeout(1000, () => req.destroy())',
    'import superagent from "superagent"; superagent.get(u).timeout(1000)',
    'class A { constructor() { this.axios = require("axios").create({ timeout: 5 }) } get(u) { return this.axios.get(u) } }',
    'import pTimeout from "p-timeout"; await pTimeout(fetch(u), { milliseconds: 100 })',
    'import { attach } from "@holdfast/axios-interceptor"; import axios from "axios"; const api = axios.create({ baseURL }); attach(api, policy); api.get(u)',
    // Our own middleware: a policy bounds what goes through it, and says itself what it lacks.
    'import { standardPolicy } from "@holdfast/core"; import { attach } from "@holdfast/axios-interceptor"; import axios from "axios"; attach(axios, standardPolicy({ name: "a" })); axios.get(u)',
    'import { standardPolicy } from "@holdfast/core"; import { kyHooks } from "@holdfast/ky-hooks"; import ky from "ky"; const api = ky.create({ timeout: false }).extend(kyHooks(standardPolicy({ name: "a", preset: "browser" }))); api.get(u)',
    'import { standardPolicy, wrapFetch } from "@holdfast/core"; const get = wrapFetch(standardPolicy({ name: "a", preset: "batch" })); get("https://x.test")',
    'import { standardPolicy } from "@holdfast/core"; const shop = standardPolicy({ name: "a", preset: "payments", deadline: { afterMs: 5_000 } }); shop.execute(() => fetch(u)); export const load = shop.wrap(({ signal }, id) => fetch(u + id, { signal }))',
    'import { createPolicy, deadline, retry } from "@holdfast/core"; const p = createPolicy({ name: "a", strategies: [deadline({ afterMs: 1_000 }), retry()] }); p.execute(() => fetch(u))',
    'import { createPolicy } from "@holdfast/core"; export const make = (strategies) => createPolicy({ name: "a", strategies })',
    'import type { Policy } from "@holdfast/core"; class Api { constructor(private readonly policy: Policy) {} load() { return this.policy.execute(() => fetch("https://x.test")) } }',
    'import { getPolicy } from "@holdfast/core"; getPolicy("a").execute(() => fetch(u))',
    { code: 'import x from "react"; fetch(props.url)', filename: 'src/a.tsx' },
    { code: '"use client"; fetch(path)' },
    { code: 'fetch("https://x.test")', filename: 'src/a.spec.ts' },
    { code: 'bounded(() => fetch(u))', settings: { wrappers: ['bounded'] } },
    { code: 'fetch("https://x.test/free")', options: { ignoreUrls: ['https://x.test/'] } },
    { code: 'fetch(path)', settings: { environment: { 'src/**': 'browser' } } },
    { code: 'import fs from "node:fs"; fetch(path)', settings: { environment: { 'src/**': 'browser' } } },
    { code: 'withDeadline(() => fetch(u))', options: { wrappers: ['withDeadline'] } },
    { code: 'import http from "@acme/http"; http.get(u)' },
    { code: 'import axios from "axios"; axios.get(u, { responseType: "stream" })', options: { streams: 'ignore' } },
    { code: 'fetch(u, { headers: { Accept: "text/event-stream" } })', options: { streams: 'ignore' } },
    { code: 'fetch(u, { signal: AbortSignal.timeout(5_000) })', options: { maxMs: 10_000 } },
    'import ky from "ky"; const api = ky.create({ timeout: false }).extend({ timeout: 5_000 })',
    {
      code: 'import http from "node:http"; const req = http.get(u, { timeout: 1000 }, cb); req.on("timeout", () => req.destroy())',
      options: { reportUnknown: true },
    },
    {
      code: 'import http from "node:http"; http.get(u, { timeout: 1000 }, cb).on("timeout", end)',
      options: { reportUnknown: true },
    },
    // Interceptors, defaults as an object, forwarders, a race in the caller's place.
    'import axios from "axios"; const c = axios.create({ baseURL }); c.interceptors.request.use((config) => { config.timeout = 5000; return config }); c.get(u)',
    'import axios from "axios"; axios.interceptors.request.use((config) => ({ ...config, timeout: 5000 })); axios.get(u)',
    'import axios from "axios"; Object.assign(axios.defaults, { timeout: 5 }); axios.get(u)',
    'import axios from "axios"; axios.defaults = { ...axios.defaults, timeout: 5 }; axios.get(u)',
    'import axios from "axios"; const source = axios.CancelToken.source(); setTimeout(() => source.cancel(), 5); axios.get(u, { cancelToken: source.token })',
    'import https from "node:https"; https.get(u, cb).setTimeout(5, end)',
    'const original = globalThis.fetch; globalThis.fetch = async (input, init) => { count += 1; return original(input, init) }',
    // Shapes that are no client.
    'import request from "supertest"; request(app).get("/users")',
    'const cache = new Map(); cache.get("https://x.test")',
    'cache.fetch("https://x.test"); repository.fetch({ id })',
    'class Store { fetch(url) { return this.db.fetch(url) } } new Store().fetch("https://x.test")',
    'router.get("https://x.test", (req, res) => res.json(req.get("host")))',
    'const { request } = useRequest(); request("https://x.test")',
    'function make(fetch = globalFetchMock) { return fetch(u) }',
    'export const loader = async ({ request, fetch }) => fetch(request.url)',
    'const s = schema.fetch("https://x.test").catch(0)',
    'const made = new Request(u, { signal: AbortSignal.timeout(1_000) }); fetch(made)',
    // A prefix of the page's own paths, or another origin.
    {
      code: 'const base = process.env.BASE_PATH ?? ""; export const A = () => <b onClick={() => fetch(`${base}/api/x`)} />',
      filename: 'src/a.tsx',
    },
  ],
  invalid: [
    ['const base = process.env.API_URL ?? ""; const load = () => fetch(`${base}/x`)', 'missing'],
    ['const made = new Request(u, { redirect: "error" }); fetch(made)', 'missing'],
    ['const request = new Request("https://x.test/a", { redirect: "error" }); await fetch(request)', 'missing'],
    [
      'const load = (u, { maxBytes, ...init } = {}) => fetch(u, init); load("https://x.test/a"); load("https://x.test/b", { signal: AbortSignal.timeout(5e3) })',
      'callers',
    ],
    [
      'const load = (u, { timeout } = {}) => fetch(u, { signal: timeout > 0 ? AbortSignal.timeout(timeout) : undefined }); load("https://x.test/a"); load("https://x.test/b", { timeout: 5e3 })',
      'callers',
    ],
    [
      {
        code: 'export async function loader() { return fetch(`${base}/font.ttf`) } export default function Page() { return <p /> }',
        filename: 'src/a.tsx',
      },
      'missing',
    ],
    ['fetch("https://x.test/a")', 'missing'],
    // Whatever the scheme is, a host follows it; a local default says nothing of what is configured.
    ['fetch(`${o.scheme ?? "https"}://${o.host}/api/${id}`)', 'missing'],
    ['fetch(new URL("/api", `${o.scheme ?? "https"}://${o.host}`))', 'missing'],
    ['fetch(`${o.baseUrl || "http://localhost:3000"}/api`)', 'missing'],
    // Beside a base URL a path is none of the page's own.
    ['import axios from "axios"; axios.get("v1/things", { baseURL: this.base })', 'missing'],
    ['import axios from "axios"; class A { base = ""; load() { return axios.get(`${this.base}/v1`) } }', 'missing'],
    // What a driven browser runs makes no browser file.
    ['page.evaluate(() => document.title); fetch(unknownUrl)', 'missing'],
    ['import axios from "axios"; axios.get(u)', 'missing'],
    ['import axios from "axios"; axios.post(u, b, { headers })', 'missing'],
    ['import axios from "axios"; const a = axios.create({ baseURL })', 'unusedInstance'],
    ['import got from "got"; got(u)', 'missing'],
    ['import got from "got"; got.extend({ prefixUrl })', 'unusedInstance'],
    ['import ky from "ky"; ky.post(u, { timeout: false })', 'disabled'],
    ['require("node-fetch").default(u, { timeout: 0 })', 'disabled'],
    ['import undici from "undici"; undici.request(u, { method: "GET" })', 'missing'],
    ['import http from "node:http"; http.get("http://h/x", cb)', 'missing'],
    ['import axios from "axios"; const a = axios.create({ baseURL }); a.get(u); a.post(v, b)', 'instance'],
    ['import axios from "axios"; const a = axios.create({ ...axios.defaults, baseURL })', 'unusedInstance'],
    ['import axios from "axios"; axios.post(u, text, { responseType: "stream", timeout: 0 })', 'disabled'],
    ['const get = opts.fetch ?? fetch; get("https://x.test")', 'missing'],
    ['import { get } from "node:https"; get("https://x.test", cb)', 'missing'],
    ['import request from "got"; request(u)', 'missing'],
    ['const axios = require("axios").default; axios({ url: "https://x.test", method: "post" })', 'missing'],
    [
      'class Base { http = require("axios").create({}) }\nclass A extends Base { get(u) { return this.http.get(u) } }',
      'instance',
    ],
    [
      'import { HttpService } from "@nestjs/axios"; import axios from "axios"; axios.create({ timeout: Infinity })',
      'disabled',
    ],
    [
      'async function call(path, options) { return fetch(`https://x.test${path}`, { ...options, method: "POST" }) }\ncall("/a"); call("/b", { body })',
      'missing',
    ],
    ['import superagent from "superagent"; superagent.get("https://x.test")', 'missing'],
    ['globalThis.fetch("https://x.test")', 'missing'],
    [
      'const fetch = (...args) => import("node-fetch").then(({ default: f }) => f(...args)); fetch("https://x.test")',
      'missing',
    ],
    ['import("node-fetch").then(({ default: f }) => f("https://x.test"))', 'missing'],
    ['import https from "https"; https.request({ hostname: "x.test", path: "/" }, cb).end()', 'missing'],
    ['export class C { constructor(private send = fetch) {} run() { return this.send("https://x.test") } }', 'missing'],
    [
      'class A { #http = require("axios").create({ baseURL: "https://x.test" }); f() { return this.#http.get("/a") } }',
      'instance',
    ],
    [
      'import { createPolicy, retry } from "@holdfast/core";\nconst p = createPolicy({ name: "a", strategies: [retry()] })\np.execute(() => fetch(u)); p.wrap(() => fetch(v))',
      'policy@2',
    ],
    [
      'import { standardPolicy, wrapFetch } from "@holdfast/core"; const get = wrapFetch(standardPolicy({ name: "a", deadline: false })); get("https://x.test")',
      'policy',
    ],
    [
      'import { standardPolicy } from "@holdfast/core"; const p = standardPolicy({ name: "a" });\nconst slow = p.with({ deadline: false })\nslow.execute(() => fetch(u))',
      'policy@2',
    ],
    [
      'import { standardPolicy, wrapFetch } from "@holdfast/core"; const get = wrapFetch(standardPolicy({ name: "a" })); get("https://x.test", { resilience: false })',
      'disabled',
    ],
    [
      { code: 'export const A = () => <p onClick={() => fetch("https://fonts.test/x")} />', filename: 'src/a.tsx' },
      'missing',
    ],
    [{ code: 'function f(signal) { return fetch(u, { signal }) }', options: { reportUnknown: true } }, 'missing'],
    ['if (typeof window !== "undefined") window.x = 1; fetch(u)', 'missing'],
    [
      'import { HttpService } from "@nestjs/axios"; import { firstValueFrom } from "rxjs"; firstValueFrom(fetch(u))',
      'missing',
    ],
    [{ code: 'fetch("/api/me")', options: { sameOrigin: 'check' } }, 'missing'],
    [
      {
        code: 'import http from "@acme/http"; http.get(u)',
        options: { clients: [{ name: '@acme/http', like: 'axios' }] },
      },
      'missing',
    ],
    [
      { code: 'import { send } from "@acme/http"; send("https://x.test")', options: { clients: ['@acme/http#send'] } },
      'missing',
    ],
    [{ code: 'acme.send("https://x.test")', settings: { clients: ['acme.send'] } }, 'missing'],
    [{ code: 'fetch(u, { signal: AbortSignal.timeout(5 * 60_000) })', options: { maxMs: 120_000 } }, 'tooLong'],
    [
      {
        code: 'import axios from "axios";\naxios.defaults.timeout = 300_000\naxios.get(u); axios.get(v)',
        options: { maxMs: 120_000 },
      },
      'tooLong@2',
    ],
    [
      {
        code: 'import axios from "axios"; const a = axios.create({ timeout: 900_000 }); a.get(u)',
        options: { maxMs: 120_000 },
      },
      'tooLong',
    ],
    [
      {
        code: 'import axios from "axios"; const a = axios.create({ baseURL });\na.get(u)\na.post(v, b)',
        options: { instances: 'calls' },
      },
      'missing@2',
      'missing@3',
    ],
    [
      { code: 'import http from "node:http"; http.get(u, { timeout: 1000 }, cb)', options: { reportUnknown: true } },
      'missing',
    ],
    [
      {
        code: 'fetch("https://x.test")',
        suggestions: [['addDeadline', 'fetch("https://x.test", { signal: AbortSignal.timeout(10000) })']],
      },
      'missing',
    ],
    [
      {
        code: 'import axios from "axios"; axios.get(u, { headers })',
        suggestions: [['addDeadline', 'import axios from "axios"; axios.get(u, { timeout: 10000, headers })']],
      },
      'missing',
    ],
    [
      {
        code: 'import axios from "axios"; axios.post(u)',
        suggestions: [['addDeadline', 'import axios from "axios"; axios.post(u, undefined, { timeout: 10000 })']],
      },
      'missing',
    ],
    [
      {
        code: 'import axios from "axios"; axios.request({ url })',
        suggestions: [['addDeadline', 'import axios from "axios"; axios.request({ timeout: 10000, url })']],
      },
      'missing',
    ],
    [
      {
        code: 'function f(signal) { return fetch(u, { signal: signal, method: "POST" }) }',
        options: { reportUnknown: true, suggestedMs: 2_000 },
        suggestions: [
          [
            'addDeadline',
            'function f(signal) { return fetch(u, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]), method: "POST" }) }',
          ],
        ],
      },
      'missing',
    ],
    [
      {
        code: 'import axios from "axios"; export const a = axios.create()',
        suggestions: [['addDeadline', 'import axios from "axios"; export const a = axios.create({ timeout: 10000 })']],
      },
      'unusedInstance',
    ],
  ],
}
