import type { RuleCases } from '../../testing/rule-cases.ts'

export const requireResponseCheckCases: RuleCases = {
  valid: [
    'async function f() { const r = await fetch(u); if (!r.ok) throw e; return r.json() }',
    'function f() { return fetch(u) }',
    'async function f() { await assertOk(await fetch(u)) }',
    'import axios from "axios"; async function f() { const { data } = await axios.get(u); return data }',
    'async function f() { const r = await fetch(u); switch (r.status) { case 200: return r.text() } }',
    'import ky from "ky"; ky.get(u).json()',
    'async function f() { const r = await fetch(u); const j = await r.json(); if (!r.ok) throw j; return j }',
    // The response goes on whole, or nobody reads it.
    'async function f() { const r = await fetch(u); return parse(r) }',
    'async function f() { const r = await fetch(u); return { r, at: Date.now() } }',
    'async function f() { const r = await fetch(u); return r.headers.get("etag") }',
    'fetch(u).then(checkStatus).then((r) => r.json())',
    'fetch(u).then((r) => (r.ok ? r.json() : null))',
    'fetch(u).then((r) => { if (r.status >= 400) throw new Error("x"); return r }).then((r) => r.json())',
    'fetch(u).then(({ ok, body }) => ok && body)',
    'async function f() { const { ok, status } = await fetch(u); return ok }',
    'import { request } from "undici"; async function f() { const { statusCode, body } = await request(u); if (statusCode === 200) return body.json() }',
    'async function f() { const [a, b] = await Promise.all([fetch(x), fetch(y)]); if (!a.ok || !b.ok) throw e; return [await a.json(), await b.json()] }',
    'async function f() { const r = await fetch(u); if (r.type === "opaque") return; return r.text() }',
    'async function parse(r) { if (!r.ok) throw new Error("x"); return r.json() } async function f() { return parse(await fetch(u)) }',
    'let r; async function f() { r = await fetch(u); if (!r.ok) throw e } async function g() { return r.json() }',
    // Nothing that a server answers.
    'async function f() { return (await fetch("/api/me")).json() }',
    'async function f() { return (await fetch("data:text/plain,hi")).text() }',
    'async function f(dataUrl) { return (await fetch(dataUrl)).blob() }',
    'async function f() { return (await fetch("http://localhost:3000/x")).json() }',
    'async function f() { return (await fetch(u, { method: "HEAD" })).text() }',
    'async function f(fetch) { return (await fetch(u)).json() }',
    '"use client"; async function f() { return (await fetch(u)).json() }',
    {
      code: 'describe("a", () => { it("b", async () => { await (await fetch(u)).json() }) })',
      filename: 'scripts/a/tests.ts',
    },
    'app.get("/x", (request) => request.get("host").text())',
    { code: 'async function f() { return (await fetch(u)).json() }', filename: 'src/a.test.ts' },
    {
      code: 'async function use(r) { return r.json() } async function f() { return use(await fetch(u)) }',
      options: { checkers: ['use'] },
    },
    {
      code: 'async function f() { const r = await fetch(u); if (!r.ok) throw await r.json(); return r.json() }',
      options: { checkFirst: true },
    },
  ],
  invalid: [
    ['async function f() { return (await fetch(u)).json() }', 'unchecked'],
    ['fetch(u).then((r) => r.json())', 'unchecked'],
    [
      'import nodeFetch from "node-fetch"; async function f() { const t = await (await nodeFetch(u)).text() }',
      'unchecked',
    ],
    ['export const fetcher = (...a) => fetch(...a).then((r) => r.json())', 'unchecked'],
    ['async function f() { return await fetch(u).then((r) => r.blob()) }', 'unchecked'],
    [
      {
        code: 'async function f() { const r = await fetch(u); const j = await r.json(); if (!r.ok) throw j; return j }',
        options: { checkFirst: true },
      },
      'unchecked',
    ],
    [
      'async function f() {\n  const options = {}\n  const r = await fetch(u, options)\n  console.log(r)\n  const data = await r.json()\n  return data\n}',
      'unchecked@3',
    ],
    ['async function f() { let r; try { r = await fetch(u) } catch (e) { throw e } return r.text() }', 'unchecked'],
    ['async function f() { const { json } = await fetch(u); return json() }', 'unchecked'],
    ['fetch(u).catch(report).then(async (r) => { const t = await r.text(); show(t) })', 'unchecked'],
    ['const read = (r) => r.json(); fetch(u).then(read)', 'unchecked'],
    ['async function use(r) { return r.json() } async function f() { return use(await fetch(u)) }', 'unchecked'],
    ['async function f() { const p = fetch(u); const r = await p; return r.json() }', 'unchecked'],
    ['async function f() { const [a] = await Promise.all([fetch(x)]); return a.json() }', 'unchecked'],
    [
      'import { request } from "undici"; async function f() { const { body } = await request(u); return body.json() }',
      'uncheckedStatusCode',
    ],
    [
      'import { fetch as send } from "undici"; async function f() { const r = await send(u); return r.body }',
      'unchecked',
    ],
    ['async function f(given) { const send = given.fetch ?? fetch; return (await send(u)).json() }', 'unchecked'],
    ['async function f() { const r = await fetch(u); if (r) return r.json() }', 'unchecked'],
    [
      { code: 'async function f() { return (await fetch("/api/me")).json() }', options: { sameOrigin: 'check' } },
      'unchecked',
    ],
  ],
}
