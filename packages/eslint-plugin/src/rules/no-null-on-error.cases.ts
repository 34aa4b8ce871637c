import type { RuleCases } from '../../testing/rule-cases.ts'

const api = 'import axios from "axios"; const api = axios.create({ timeout: 1 }); '

export const noNullOnErrorCases: RuleCases = {
  valid: [
    `${api}export async function user(id) { try { return await api.get(id) } catch (e) { if (e.status === 404) return null; throw e } }`,
    `${api}export async function user(id) { try { return await api.get(id) } catch (e) { return err(e) } }`,
    `${api}export async function user(id) { try { return await api.get(id) } catch (e) { return { ok: false, error: e } } }`,
    'export const has = (s) => { try { new URL(s); return true } catch { return false } }',
    'export const find = (k) => cache.get(k) ?? null',
    `${api}export async function user(id) { try { return await api.get(id) } catch (e) { return fallbackFor(e) } }`,
    // The value says that there is none, and only then.
    `${api}export async function user(id) { try { return await api.get(id) } catch (e) { if (e.response?.status === 404) return null; return report(e) } }`,
    // Caches, and questions whose answer is no.
    'export async function get(k) { try { return await redis.get(k) } catch { return null } }',
    'export async function getCachedUser(id) { try { return await db.users.find(id) } catch { return null } }',
    `${api}export async function isHealthy() { try { await api.get("/health"); return true } catch { return false } }`,
    'export async function body(res) { return await res.json().catch(() => null) }',
    'export async function body(u) { const res = await fetch(u); return await res.json().catch(() => null) }',
    // Not for other parts of the program.
    `${api}async function user(id) { try { return await api.get(id) } catch { return null } }`,
    `${api}export class Users { private async load(id) { try { return await api.get(id) } catch { return null } } }`,
    `${api}export async function GET(request) { try { return await api.get("/x") } catch { return null } }`,
    `${api}export function start(queue) { queue.process(async (job) => { try { return await api.get(job.id) } catch { return null } }) }`,
    {
      code: `${api}export async function Page() { try { return <p>{await api.get("/x")}</p> } catch { return null } }`,
      filename: 'src/page.tsx',
    },
    // Nothing is asked for, so nothing is missing.
    `${api}export async function ping() { try { await api.post("/ping") } catch { return } }`,
    'import { readFileSync } from "node:fs"; export function config() { try { return readFileSync("x") } catch { return {} } }',
    'export function parse(s) { try { return JSON.parse(s) } catch { return null } }',
    `${api}export async function track(e) { await api.post("/t", e).catch(() => undefined) }`,
    {
      code: `${api}export async function user(id) { try { return await api.get(id) } catch { return null } }`,
      filename: 'src/a.test.ts',
    },
  ],
  invalid: [
    [
      `${api}export async function user(id) { try { return await api.get(id) } catch (e) { log.error({ err: e }); return null } }`,
      'absence',
    ],
    [
      'export async function list(u) { try { const r = await fetch(u); return await r.json() } catch { return [] } }',
      'absence',
    ],
    [
      `${api}export async function user(id) { const r = await api.get(id).catch(() => undefined); return r?.data }`,
      'absence',
    ],
    [
      'export async function settings() { try { return await db.settings.findFirst() } catch (e) { return {} } }',
      'absence',
    ],
    [
      'import { execSync } from "node:child_process"; export function count() { try { return Number(execSync("wc")) } catch { return -1 } }',
      'absence',
    ],
    ['export async function save(x) { try { await upsert(x); return true } catch { return false } }', 'absence'],
    [
      `${api}export async function user(id) {\n  try { return await api.get(id) } catch {\n    return\n  }\n}`,
      'absence@3',
    ],
    // Through functions of the file, methods of exported classes, CommonJS.
    [
      'async function load(u) { return (await fetch(u)).json() }\nexport const user = async (id) => { try { return await load(id) } catch { return undefined } }',
      'absence@2',
    ],
    [
      `${api}export class Users { async load(id) { try { return await api.get(id) } catch { return null } } }`,
      'absence',
    ],
    [
      `${api}async function user(id) { try { return await api.get(id) } catch { return null } } module.exports = { user }`,
      'absence',
    ],
    [
      'export class Users { constructor(private userRepository: R) {} async load(id) { try { return await this.userRepository.findOne(id) } catch (e) { log.warn(e); return null } } }',
      'absence',
    ],
    ['import ky from "ky"; export const load = (u) => ky.get(u).json().catch(() => null)', 'absence'],
    // Only one kind of failure is told apart, the rest becomes the same value.
    [
      `${api}export async function user(id) { try { return await api.get(id) } catch (e) { if (e.status === 404) return null; log.error(e); return null } }`,
      'absence',
    ],
  ],
}
