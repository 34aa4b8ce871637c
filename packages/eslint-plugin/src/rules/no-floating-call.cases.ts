import type { RuleCases } from '../../testing/rule-cases.ts'

export const noFloatingCallCases: RuleCases = {
  valid: [
    'await fetch(u)',
    'import axios from "axios"; function f(u) { return axios.get(u) }',
    'ctx.waitUntil(fetch(u))',
    'fetch(u).catch(report)',
    'const p = fetch(u); await p',
    'async function track() { await fetch(u) } void track().catch(report)',
    // Handled somewhere on the way.
    'fetch(u).then(show, report)',
    'fetch(u).then(show).catch(report).finally(hide)',
    'async function track() { try { await fetch(u) } catch (e) { report(e) } } function f() { track() }',
    'async function track() { await fetch(u).catch(report) } function f() { track() }',
    'items.forEach(async (i) => { try { await fetch(u + i) } catch (e) { report(e) } })',
    'setInterval(() => { fetch(u).catch(report) }, 1e3)',
    // Somebody else takes the promise.
    'after(() => fetch(u))',
    'button.addEventListener("click", async () => { await fetch(u) })',
    'const all = items.map((i) => fetch(u + i)); await Promise.all(all)',
    'await Promise.all(items.map(async (i) => { await fetch(u + i) }))',
    'await cursor.forEach(async (i) => { await fetch(u + i) })',
    'pending.push(fetch(u)); state.request = fetch(u); use(fetch(u))',
    'async function f() { try { return await fetch(u) } catch (e) { report(e) } }',
    'function f() { try { prepare() } catch (e) { report(e) } return fetch(u) }',
    // Does not send, or answers without a promise.
    'import http from "node:http"; http.get(u, (res) => res.resume())',
    'import { request } from "undici"; request(u, (error, data) => done(error, data))',
    'import got from "got"; got.stream(u).pipe(file)',
    'import { HttpService } from "@nestjs/axios"; class S { constructor(private http: HttpService) {} f() { this.http.get(u).subscribe(show) } }',
    // The program's own server, the page's own origin, a test.
    'fetch("http://localhost:3000/ready")',
    'fetch("/api/visits")',
    { code: 'export const A = ({ u }) => { fetch(u); return <p /> }', filename: 'src/a.tsx' },
    { code: 'fetch(u)', filename: 'src/a.test.ts' },
    // The process ends with the error of its main function.
    'async function main() { await fetch(u) }\nmain()',
    'refetch(u); api.fetch(u); function f(fetch) { fetch(u) }',
    { code: 'void fetch(u)', options: { allowVoid: true } },
    { code: 'function f() { this.tracker.track() }', options: { typed: true } },
  ],
  invalid: [
    ['fetch(u)', 'floating'],
    ['import axios from "axios"; axios.post(u, b);', 'floating'],
    ['import axios from "axios"; const api = axios.create({ timeout: 1 }); api.get(u).then(set)', 'floating'],
    ['try { fetch(u) } catch (e) { log(e) }', 'floating'],
    ['import axios from "axios"; items.forEach(async (i) => { await axios.post(u, i) })', 'floating'],
    ['setInterval(async () => { await fetch(u) }, 1e3)', 'floating'],
    ['void fetch(u)', 'floating'],
    ['if (enabled) fetch(u).finally(done)', 'floating'],
    ['enabled && fetch(u)', 'floating'],
    ['import ky from "ky"; ky.post(u, { json }).json()', 'floating'],
    ['items.forEach((i) => fetch(u + i))', 'floating'],
    ['async function poll() { await fetch(u) }\nsetInterval(poll, 1e3)', 'floating@2'],
    // Through functions of this file; one that throws again handles nothing.
    ['async function track() { await fetch(u) }\nfunction f() {\n  track()\n}', 'floating@3'],
    ['const send = () => fetch(u)\nasync function track() { return send() }\nfunction f() { track() }', 'floating@3'],
    [
      'async function track() { try { await fetch(u) } catch (e) { log(e); throw e } }\nfunction f() { track() }',
      'floating@2',
    ],
    ['function f() { (async () => { await fetch(u) })() }', 'floating'],
    // The promise leaves the `try` before it can reject.
    ['async function f() { try { return fetch(u) } catch (e) { report(e) } }', 'uncaught'],
    ['function f() { try {\n return fetch(u).then(read) } catch (e) { report(e) } }', 'uncaught@2'],
  ],
}

/** Code and what its suggestion makes of it. */
export const noFloatingCallSuggestions: readonly (readonly [string, ...string[]])[] = [
  ['async function f() { fetch(u) }', 'async function f() { await fetch(u) }'],
  ['async function f() { on && fetch(u).then(set) }', 'async function f() { on && await fetch(u).then(set) }'],
  [
    'async function f() { try { return fetch(u) } catch (e) { log(e) } }',
    'async function f() { try { return await fetch(u) } catch (e) { log(e) } }',
  ],
  ['function f() { fetch(u) }'],
  ['async function f() { void fetch(u) }'],
]
