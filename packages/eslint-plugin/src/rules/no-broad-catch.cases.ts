import type { RuleCases } from '../../testing/rule-cases.ts'

const eleven = Array.from({ length: 11 }, (_, index) => `const v${index} = step${index}(input)`).join('; ')
const twelve = `const row = await load(input); ${eleven}`

export const noBroadCatchCases: RuleCases = {
  valid: [
    'async function g() { let x; try { x = await f() } catch (e) { if (e.code !== "ENOENT") throw e } return x }',
    `app.get(p, async (q, s) => { try { ${twelve} } catch (e) { s.sendStatus(500) } })`,
    'function g(s, d) { try { return parse(s) } catch { return d } }',
    `async function main() { try { ${twelve} } catch (e) { return 1 } } main().catch(fail)`,
    `queue.process(async (j) => { try { ${twelve} } catch (e) { report(e) } })`,
    `async function g(input) { try { ${twelve} } catch (e) { log(e); throw e } }`,
    // The rest goes on, or failures are told apart.
    `async function g(input) { try { ${twelve} } catch (e) { if (e instanceof ParseError) return null; return report(e) } }`,
    `async function g(input) { try { ${twelve} } catch (e) { switch (e.code) { case "A": return 1 } } }`,
    `async function g(input, next) { try { ${twelve} } catch (e) { next(e) } }`,
    `const g = (input) => new Promise(async (resolve, reject) => { try { ${twelve} } catch (e) { reject(e) } })`,
    `async function g(input) { try { ${twelve} } catch (e) { process.exit(1) } }`,
    `class S { async load(input) { try { ${twelve} } catch (e) { this.emit("error", e) } } }`,
    // Places where the program is entered.
    `socket.on("message", async (input) => { try { ${twelve} } catch (e) { log.warn(e) } })`,
    `export async function POST(request) { try { ${twelve} } catch (e) { return new Response("no", { status: 500 }) } }`,
    `class Mail { @Cron("* * * * *") async send(input) { try { ${twelve} } catch (e) { this.log.error(e) } } }`,
    `server.tool("x", { run: async (input) => { try { ${twelve} } catch (e) { return fail(e) } } })`,
    `try { ${twelve} } catch (e) { log.error(e) }`,
    {
      code: `export const A = ({ input }) => { const load = async () => { try { ${twelve} } catch (e) { setError(e) } }; return <p onClick={load} /> }`,
      filename: 'src/a.tsx',
    },
    // One call, or a few that belong together.
    'async function g(u) { try { return await fetch(u) } catch (e) { log.warn({ err: e }); return [] } }',
    'async function g(u) { try { const r = await fetch(u); const j = await r.json(); return j.items } catch (e) { return [] } }',
    'function g() { return p.then(a).then(b).then(c).catch(report) }',
    'function g() { return p.then(a).then(b).then(c).catch((e) => log(e)) }',
    'p.then(a).catch(() => d)',
    // A computation that gives up as a whole, and failures told apart by their text.
    `function g(input) { try { ${eleven} } catch (e) { return d } }`,
    `async function g(input) { try { ${twelve} } catch (e) { if (!e.message.includes("404")) found = true } }`,
    { code: `async function g(input) { try { ${twelve} } catch (e) { return d } }`, options: { maxStatements: 20 } },
    { code: `async function g(input) { try { ${twelve} } catch (e) { return d } }`, filename: 'src/a.test.ts' },
  ],
  invalid: [
    [`export async function g(input) { try { ${twelve} } catch (e) { return d } }`, 'broad'],
    [
      'async function g(u) { try { const r = await fetch(u); const j = await r.json(); return j.map(toItem).sort(byName) } catch (e) { log.warn({ err: e }); return [] } }',
      'broad',
    ],
    [
      'async function g() { try { await a(); await b(); await c(); await d(); await e() } catch { state = "error" } }',
      'broad',
    ],
    [
      {
        code: 'export const get = async () => { try { const r = await f(); const j = r.a.b.c; return j } catch (e) { return undefined } }',
        options: { maxStatements: 2 },
      },
      'broad',
    ],
    ['p.then(a).then(b).then(c).catch(() => d)', 'broad'],
    [
      'async function g(u) { try { const r = await fetch(u); const rows = (await r.text()).split("\\n").filter(Boolean); return { ok: true, rows } } catch (e) { return { ok: false } } }',
      'broad',
    ],
    [`items.map(async (input) => { try {\n${twelve} }\ncatch (e) { return undefined } })`, 'broad@3'],
    [`class S { async load(input) { try { ${twelve} } catch (e) { this.failed = true } } }`, 'broad'],
    ['const g = () => p.then(a).then(b).then(c).catch((e) => { log.warn(e); return [] })', 'broad'],
  ],
}
