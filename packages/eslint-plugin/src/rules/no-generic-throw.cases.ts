import type { RuleCases } from '../../testing/rule-cases.ts'

const errors = 'class SpotifyError extends Error {} '
const exported = (body: string): string =>
  `${errors}export async function track(id, flag) { const r = await fetch(url + id); ${body} }`

export const noGenericThrowCases: RuleCases = {
  valid: [
    `${errors}export async function f() { try { return await fetch(u) } catch (e) { throw new SpotifyError("rate", { cause: e }) } }`,
    `${errors}export async function f() { try { return await fetch(u) } catch (err) { throw err } }`,
    exported('assert(r.ok)'),
    exported('switch (r.type) { case "a": return 1; default: throw new Error("what is this") }'),
    exported('throw createError(404)'),
    exported('throw new AbortError()'),
    // Errors of the program, not of the call.
    exported('if (!flag) throw new Error("flag is required")'),
    exported('throw new Error(`unreachable: ${r.type}`)'),
    `${errors}export async function f(id) { if (!id) throw new TypeError("no id"); return fetch(url + id) }`,
    `${errors}export async function assertUp() { const r = await fetch(u); if (!r.ok) throw new Error("down") }`,
    // Not exported, no call, no domain.
    `${errors}async function f() { const r = await fetch(u); if (!r.ok) throw new Error("bad") }`,
    `${errors}export class Api { async #load() { const r = await fetch(u); if (!r.ok) throw new Error("bad") } }`,
    `${errors}export function parse(s) { const x = split(s); if (!x) throw new Error("bad") }`,
    'export async function f() { const r = await fetch(u); if (!r.ok) throw new Error("bad") }',
    'import { Error } from "./errors"; import { ApiError } from "./errors"; export async function f() { const r = await fetch(u); if (!r.ok) throw new Error("bad") }',
    { code: `#!/usr/bin/env node\n${exported('throw new Error("bad")')}` },
    {
      code: `${errors}export default function A() { const load = async () => { const r = await fetch(u); if (!r.ok) throw new Error("bad") }; return <p onClick={load} /> }`,
      filename: 'src/a.tsx',
    },
    { code: exported('throw new Error("bad")'), filename: 'src/track.test.ts' },
  ],
  invalid: [
    [`${errors}export async function f() { const r = await fetch(u); if (!r.ok) throw new Error("bad") }`, 'generic'],
    [exported('throw new Error(`HTTP ${r.status}`)'), 'generic'],
    [exported('throw Error("x")'), 'generic'],
    [exported('const body = await r.json(); throw new Error(body.message)'), 'generic'],
    [
      `${errors}export const f = () => new Promise((resolve, reject) => { setTimeout(() => reject(new Error("timeout")), 1e3); fetch(u).then(resolve) })`,
      'generic',
    ],
    [exported('return Promise.reject(new Error("no"))'), 'generic'],
    [exported('\nif (!r.ok)\n  throw new TypeError("bad")'), 'generic@3'],
    [
      {
        code: 'export async function f() { const r = await fetch(u); if (!r.ok) throw new Error("bad") }',
        options: { domainErrors: ['ApiError'] },
      },
      'generic',
    ],
    [
      'import { ApiError } from "./errors"; export async function f() { try { return await fetch(u) } catch (e) { throw new Error("bad", { cause: e }) } }',
      'generic',
    ],
    [
      `${errors}async function load(u) { return fetch(u) } export class Api { async track() { const r = await load(u); if (!r.ok) throw new Error("bad") } }`,
      'generic',
    ],
    [
      `${errors}async function f() { const r = await fetch(u); if (!r.ok) throw new Error("bad") } module.exports = { f }`,
      'generic',
    ],
  ],
}
