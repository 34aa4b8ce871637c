import type { RuleCases } from '../../testing/rule-cases.ts'

/** Where a file runs, and who reads its log. */
export const errorLogPlaces: RuleCases = {
  valid: [
    // Commands and one-off scripts.
    'try { check() } catch { console.error("The schema is stale."); process.exitCode = 1 }',
    'async function main(exit) { for (const row of rows) { try { await f(row) } catch (e) { console.error(row.id, e) } } if (exit) process.exit(0) } void main(true)',
    'main().then(() => process.exit()); async function main() { try { await f() } catch (e) { console.error(e) } }',
    'main().then(report).finally(async () => { await db.$disconnect().catch((e) => console.error(e)) })',
    '(async () => { const issue = process.argv[2]; try { await close(issue) } catch (e) { console.log(e) } })()',
    'async function main() { await build() } main().catch((error) => { console.error("Fatal"); console.error(error) })',
    'if (typeof chrome !== "undefined") client = chrome; document.title = "x"; try { await f() } catch (e) { console.error(e) }',
    'import { exit } from "node:process"; (async () => { try { await setUp() } catch (e) { console.error(e) } exit(0) })()',
    'import { createInterface } from "node:readline"; const ask = createInterface({ input: process.stdin }); try { await f(ask) } catch (e) { console.error(e) }',
    // Whoever started a one-off reads its log.
    '(async () => { try { check() } catch (e) { logger.warn(e.message) } process.exit(0) })()',
    // The types of a test runner are for those who extend it.
    'import type { GlobalSetupContext } from "vitest/node"; export const up = async (c: GlobalSetupContext) => { try { await f() } catch (e) { console.error(e) } }',
    // One function asks whether there is a page, another one needs it.
    'function ask() { if (typeof document === "undefined") return undefined; return document.title } function show() { try { document.body.append(f()) } catch (e) { console.error(e) } }',
    // Files that show by themselves that they run in a browser.
    'import { AssetClass } from "@prisma/client"; import { Component } from "@angular/core"; class A { async f() { try { await g() } catch (e) { console.error(e) } } }',
    'export const state = () => ({}); export const mutations = {}; export const actions = { load({ commit }) { return get().catch((error) => console.error("failed", error)) } }',
    'export default () => { navigator.clipboard.writeText(s).catch((error) => console.error("copy", error)) }',
  ],
  invalid: [
    // Lines of a file, not of a user.
    [
      'import { createInterface } from "node:readline"; const lines = createInterface({ input: createReadStream(p) }); try { await f(lines) } catch (e) { console.error(e) }',
      'console',
    ],
    // A route that is only named so.
    [
      {
        code: 'export async function POST() { try { await f() } catch (e) { console.error(e) } }',
        filename: 'src/app/api/test/tcp/route.ts',
      },
      'console',
    ],
    [{ code: 'try { await f() } catch (e) { console.error(e) }', filename: 'src/database.config.ts' }, 'console'],
    // An answer that is kept says that the file runs in both places.
    [
      'const isBrowser = typeof window !== "undefined"; const width = () => (isBrowser ? window.innerWidth : 0); try { await f(width) } catch (e) { console.error(e) }',
      'console',
    ],
    // React makes mails on a server, too.
    [
      'import { createElement } from "react"; try { await f(createElement(Mail)) } catch (e) { console.error(e) }',
      'console',
    ],
    // A server that is told to stop is no script.
    [
      'process.on("SIGTERM", () => process.exit(0)); async function f() { try { await g() } catch (e) { console.error(e) } }',
      'console',
    ],
    [
      'function shutdown() { process.exit(0) } async function f() { try { await g() } catch (e) { console.error(e) } }',
      'console',
    ],
    [
      'app.listen(80); run().then(() => process.exit(0)); async function f() { try { await g() } catch (e) { console.error(e) } }',
      'console',
    ],
  ],
}
