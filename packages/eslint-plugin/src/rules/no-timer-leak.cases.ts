import type { RuleCases } from '../../testing/rule-cases.ts'

export const noTimerLeakCases: RuleCases = {
  valid: [
    'async function f() { let t; try { return await Promise.race([call(), new Promise((_, no) => { t = setTimeout(no, 500) })]) } finally { clearTimeout(t) } }',
    'async function f() { const c = new AbortController(); const t = setTimeout(() => c.abort(), 500); try { return await fetch(u, { signal: c.signal }) } finally { clearTimeout(t) } }',
    'async function f() { return await fetch(u, { signal: AbortSignal.timeout(500) }) }',
    'async function f() { await new Promise((go) => setTimeout(go, 500)) }',
    'async function f() { const c = new AbortController(); const t = setTimeout(() => c.abort(), 500); let r; try { r = await fetch(u) } catch (e) { log(e) } clearTimeout(t); return r }',
    'async function f() { const c = new AbortController(); const t = setTimeout(() => c.abort(), 500); try { const r = await fetch(u); clearTimeout(t); return r } catch (e) { clearTimeout(t); throw e } }',
    'async function f() { const c = new AbortController(); const t = setTimeout(() => c.abort(), 500); return fetch(u).finally(() => clearTimeout(t)) }',
    'async function f() { const c = new AbortController(); const t = setTimeout(() => c.abort(), 500); t.unref(); await fetch(u) }',
    'async function f() { const c = new AbortController(); setTimeout(() => c.abort(), 500).unref(); await fetch(u) }',
    // The timer belongs to somebody else.
    'function linked(c, ms) { return setTimeout(() => c.abort(), ms) }',
    'async function f(c) { setTimeout(() => c.abort(), 500); await g() }',
    'function signal(ms) { const c = new AbortController(); const timer = setTimeout(() => c.abort(), ms); return { signal: c.signal, timer } }',
    'const sleep = (ms) => new Promise((go) => setTimeout(go, ms)); async function f() { await sleep(10); await Promise.race([a(), b()]) }',
    'import { setTimeout } from "node:timers/promises"; async function f() { await Promise.race([call(), setTimeout(500, null, { signal })]) }',
    // Intervals that are cleared, kept, or started once with the program.
    'setInterval(tick, 1000)',
    'function start() { setInterval(sweep, 60_000) }',
    'import { useEffect } from "react"; useEffect(() => { const t = setInterval(tick, 1000); return () => clearInterval(t) }, [])',
    'class A { start() { this.timer = setInterval(tick, 1000) } stop() { clearInterval(this.timer) } }',
    'const poll = () => new Promise((go) => { const t = setInterval(() => { if (done()) { clearInterval(t); go() } }, 100) })',
    'async function work() { const t = setInterval(tick, 100); try { await run() } finally { clearInterval(t) } }',
    'io.on("connection", (socket) => { const t = setInterval(() => socket.emit("tick"), 1000); socket.on("close", () => clearInterval(t)) })',
    'server.on("listening", () => { setInterval(sweep, 60_000) })',
    // A page takes its timers with it.
    '"use client"; async function f() { await Promise.race([call(), new Promise((_, no) => setTimeout(no, 500))]) }',
    {
      code: 'async function f() { await Promise.race([call(), new Promise((_, no) => setTimeout(no, 500))]) }',
      filename: 'src/a.test.ts',
    },
  ],
  invalid: [
    [
      'async function f() { return await Promise.race([call(), new Promise((_, no) => setTimeout(no, 500))]) }',
      'never',
    ],
    [
      'async function f() {\n  const timedOut = new Promise((_, no) => {\n    setTimeout(() => no(new Error("late")), 500)\n  })\n  return await Promise.race([fetch(u), timedOut])\n}',
      'never@3',
    ],
    [
      'const late = (ms) => new Promise((_, no) => setTimeout(no, ms)); async function f() { return Promise.race([call(), late(500)]) }',
      'never',
    ],
    [
      'async function f() { const c = new AbortController(); const t = setTimeout(() => c.abort(), 500); return await fetch(u, { signal: c.signal }) }',
      'never',
    ],
    [
      'async function f() { const c = new AbortController(); setTimeout(() => c.abort(), 500); return await fetch(u, { signal: c.signal }) }',
      'never',
    ],
    [
      'async function f() {\n  const c = new AbortController()\n  const t = setTimeout(() => c.abort(), 500)\n  const r = await fetch(u, { signal: c.signal })\n  clearTimeout(t)\n  return r\n}',
      'success@3',
    ],
    [
      'async function f() { const c = new AbortController(); const t = setTimeout(() => c.abort(), 500); try { const r = await fetch(u); clearTimeout(t); return r } catch (e) { throw new Error("x", { cause: e }) } }',
      'success',
    ],
    [
      'async function f() { let t; const r = await Promise.race([call(), new Promise((_, no) => { t = setTimeout(no, 500) })]); clearTimeout(t); return r }',
      'success',
    ],
    [
      'import { setTimeout as sleep } from "node:timers/promises"; async function f() { await Promise.race([call(), sleep(500)]) }',
      'never',
    ],
    ['import { useEffect } from "react"; useEffect(() => { setInterval(tick, 1000) }, [])', 'interval'],
    ['const poll = () => new Promise((go) => { setInterval(() => { if (done()) go() }, 100) })', 'interval'],
    ['io.on("connection", (socket) => { setInterval(() => socket.emit("tick"), 1000) })', 'interval'],
    ['app.get("/events", (req, res) => { const t = setInterval(() => res.write("."), 1000) })', 'interval'],
    ['async function work() { const t = setInterval(tick, 100); await run(); clearInterval(t) }', 'success'],
    ['async function work() { const t = setInterval(tick, 100); await run() }', 'interval'],
  ],
}
