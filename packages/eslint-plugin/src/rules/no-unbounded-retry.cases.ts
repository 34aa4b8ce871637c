import type { RuleCases } from '../../testing/rule-cases.ts'

export const noUnboundedRetryCases: RuleCases = {
  valid: [
    'async function go() { for (let i = 0; i < max; i++) { try { return await f() } catch {} } }',
    'async function go() { while (Date.now() < end) { try { return await f() } catch { await sleep(100) } } }',
    'import pRetry from "p-retry"; pRetry(f, { retries: 3 })',
    'async function go() { while (!signal.aborted) { try { await connect(); return } catch { await sleep(backoff()) } } }',
    'async function go() { while (!signal.aborted) { try { await connect() } catch { await sleep(backoff()) } } }',
    'async function go(n) { try { return await f() } catch (e) { if (n > 0) return go(n - 1); throw e } }',
    'import got from "got"; got(u, { retry: { limit: 2 } })',
    // Another end than success: a counter, a clock, a flag, somebody else's decision.
    'async function go() { let n = 0; while (true) { try { return await f() } catch (e) { if (++n > 3) throw e } } }',
    'async function go() { let n = 0; for (;;) { try { return await f() } catch (e) { n++; if (n >= 3) break } } }',
    'async function go() { const start = Date.now(); while (true) { try { return await f() } catch (e) { if (Date.now() - start > 1e4) throw e } } }',
    'async function go() { let left = 3; while (left--) { try { return await f() } catch {} } }',
    'async function go() { while (this.running) { try { return await f() } catch {} } }',
    'async function go() { while (true) { try { return await f() } catch (e) { if (!policy.allows()) throw e } } }',
    'async function go() { while (true) { signal.throwIfAborted(); try { return await f() } catch { await sleep(10) } } }',
    'async function go(isRetry = false) { try { return await f() } catch (e) { if (isRetry) throw e; return go(true) } }',
    'async function go(n = 0) { if (n > 3) throw new Error("too often"); try { return await f() } catch { return go(n + 1) } }',
    'class A { async go() { try { return await f() } catch (e) { if (this.left-- > 0) return this.go(); throw e } } }',
    'for (const attempt of attempts) { try { await f(); break } catch {} }',
    // No retry: workers, polls, pages, other targets, walks.
    'async function work() { while (true) { try { await next() } catch (e) { log(e) } } }',
    'async function work() { while (true) { try { const job = await next(); if (!job) return; await run(job) } catch (e) { log(e) } } }',
    'async function all() { while (true) { const page = await load(cursor); if (!page.next) return; cursor = page.next } }',
    'async function up(dir) { try { await access(dir); return dir } catch { return up(dirname(dir)) } }',
    'async function free() { let n = 0; while (true) { try { await mkdir(name + n); return n } catch { n++ } } }',
    'async function go() { while (true) { try { return await f() } catch (e) { throw new Error("x", { cause: e }) } } }',
    // Put on again for much later: a schedule.
    'async function load() { try { lists = await f() } catch (e) { setTimeout(() => load(), 60_000) } }',
    // Something is done about the failure first.
    'async function go() { try { return await f() } catch (e) { if (e.status !== 401) throw e; await renewToken(); return go() } }',
    'function put(id) { return api.post(id).catch((e) => { if (e.status === 404) return create().then(() => put(id)); throw e }) }',
    'async function go() { const input = {}; do { try { await f(input); break } catch (e) { input.kind = e.kind } } while (true) }',
    // A connection that is set up again.
    'async function connect() { while (true) { try { return await socket.open() } catch { await sleep(backoff()) } } }',
    'function connect() { open().catch(() => setTimeout(connect, 5000)) }',
    // Whoever answers may take as long as they like.
    'async function ask() { while (true) { try { return parse(await prompt("port?")) } catch { show("a number, please") } } }',
    'import { retry, handleAll } from "cockatiel"; retry(handleAll, { maxAttempts: 3 })',
    'import retry from "async-retry"; retry(f, { forever: true, maxRetryTime: 60_000 })',
    { code: 'async function go() { while (true) { try { return await f() } catch {} } }', filename: 'src/a.test.ts' },
  ],
  invalid: [
    ['async function go() { while (true) try { return await f() } catch {} }', 'unbounded'],
    ['async function go() { for (;;) { try { return await f() } catch { await sleep(1000) } } }', 'unbounded'],
    ['async function go() { try { return await f() } catch { return go() } }', 'unbounded'],
    ['import retry from "async-retry"; retry(f, { retries: Infinity })', 'unbounded'],
    ['import retry from "retry"; retry.operation({ forever: true })', 'unbounded'],
    ['async function go() { let ok; do { ok = await f().catch(() => false) } while (!ok) }', 'unbounded'],
    [
      'async function go() {\n  let done = false\n  while (!done) {\n    try { await f(); done = true } catch (e) { log(e) }\n  }\n}',
      'unbounded@3',
    ],
    [
      'async function go() { while (true) { try { return await f() } catch (e) { if (!isTransient(e)) throw e; await sleep(10) } } }',
      'unbounded',
    ],
    [
      'class A { async go(id) {\n  try { return await f(id) } catch (e) {\n    await sleep(1000)\n    return this.go(id)\n  }\n} }',
      'unbounded@4',
    ],
    ['function load() { fetch(u).then(show).catch(() => setTimeout(load, 5000)) }', 'unbounded'],
    [
      'async function go() { let r = await fetch(u); while (r.status === 429) { await sleep(1000); r = await fetch(u) } }',
      'unbounded',
    ],
    [
      'async function go() { while (true) { const r = await fetch(u); if (r.status === 429) { await sleep(1000); continue } return r.json() } }',
      'unbounded',
    ],
    ['async function go() { const r = await fetch(u); if (r.status >= 500) return go(); return r }', 'unbounded'],
    ['import pRetry from "p-retry"; pRetry(f, { retries: Number.POSITIVE_INFINITY })', 'unbounded'],
    ['import { backOff } from "exponential-backoff"; backOff(f, { numOfAttempts: Infinity })', 'unbounded'],
    ['import { retry, handleAll } from "cockatiel"; retry(handleAll, { backoff })', 'unbounded'],
    ['import { useQuery } from "@tanstack/react-query"; useQuery({ queryKey, queryFn, retry: true })', 'unbounded'],
    [
      {
        code: 'async function connect() { while (true) { try { return await socket.open() } catch { await sleep(backoff()) } } }',
        options: { allowReconnect: false },
      },
      'unbounded',
    ],
  ],
}
