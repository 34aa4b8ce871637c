import type { RuleCases } from '../../testing/rule-cases.ts'

const axiosRetry = 'import axiosRetry from "axios-retry"; import axios from "axios"; const a = axios.create();'

export const noFixedDelayRetryCases: RuleCases = {
  valid: [
    'async function go(f) { for (let i = 0; i < 5; i++) { try { return await f() } catch { await sleep(Math.random() * base * 2 ** i) } } }',
    `${axiosRetry} axiosRetry(a, { retryDelay: axiosRetry.exponentialDelay })`,
    'while (!(await job()).done) await sleep(1000)',
    'import { ExponentialBackoff } from "cockatiel"; new ExponentialBackoff()',
    'import pRetry from "p-retry"; pRetry(f, { factor: 2, randomize: true })',
    'async function go() { for (let i = 0; i < 5; i++) { try { return await f() } catch (e) { await sleep(retryAfterMs(e.response)) } } }',
    // One single retry.
    'async function go() { for (let i = 0; i < 2; i++) { try { return await f() } catch { await sleep(1000) } } }',
    'async function go() { try { return await f() } catch { await sleep(1000); return await f() } }',
    // Polling for a state, also where a failed look is skipped.
    'async function done(id) { while (true) { try { const job = await look(id); if (job.done) return job } catch {} await sleep(1000) } }',
    'async function wait() { let state; while (state !== "done") { try { state = await look() } catch (e) { log(e) } await sleep(1000) } }',
    'async function waitForServer() { for (let i = 0; i < 60; i++) { try { await ping(); return } catch { await sleep(500) } } }',
    // A worker, a loop over things, a list of mirrors.
    'async function work() { while (true) { try { await next() } catch (e) { log(e); await sleep(1000) } } }',
    'async function all(items) { for (const item of items) { try { await send(item) } catch (e) { log(e); await sleep(100) } } }',
    'async function any(mirrors) { for (let i = 0; i < mirrors.length; i++) { try { return await load(mirrors[i]) } catch { await sleep(100) } } }',
    'async function go() { for (let i = 0; i < 5; i++) { try { return await f() } catch { const ms = options.delayMs(i); await clock.until(ms) } } }',
    // The delay is exponential, from elsewhere or named by the server.
    'async function go() { let wait = 100; for (let i = 0; i < 5; i++) { try { return await f() } catch { await sleep(wait); wait *= 2 } } }',
    'async function go(n = 0) { try { return await f() } catch (e) { if (n > 4) throw e; await sleep(100 * 2 ** n); return go(n + 1) } }',
    'async function go(n, wait) { try { return await f() } catch (e) { if (n > 4) throw e; await sleep(wait); return go(n + 1, wait * 2) } }',
    'async function go() { for (let i = 0; i < 5; i++) { try { return await f() } catch (e) { await sleep(policy.next(e)) } } }',
    'async function go() { for (let i = 0; i < 5; i++) { try { return await f() } catch (e) { await backoff(i) } } }',
    'async function go() { for (const wait of [100, 400, 1600]) { try { return await f() } catch { await sleep(wait) } } }',
    'const delays = [100, 400]; async function go() { for (let i = 0; i < 5; i++) { try { return await f() } catch { await sleep(delays[i]) } } }',
    // Directories that are looked through.
    'async function find() { for (const dir of dirs) { const path = join(dir, name); try { await load(path); return path } catch { await sleep(10) } } }',
    // Files and processes of this machine are no server.
    'import { rename } from "node:fs/promises"; async function move() { for (let i = 0; i < 5; i++) { try { await rename(a, b); return } catch { await sleep(100) } } }',
    // A time limit inside the attempt is no delay.
    'async function go() { for (let i = 0; i < 5; i++) { try { return await Promise.race([f(), new Promise((_, no) => setTimeout(no, 500))]) } catch { await sleep(2 ** i * 100) } } }',
    // A debounced search.
    'const search = () => { clearTimeout(t); t = setTimeout(() => find(q), 300) }',
    'import ky from "ky"; ky.extend({ retry: { delay: (n) => Math.random() * 2 ** n * 100 } })',
    'import ky from "ky"; ky.extend({ retry: { delay: () => 300, jitter: true } })',
    {
      code: 'async function go() { for (;;) { try { return await f() } catch { await sleep(1000) } } }',
      filename: 'src/a.test.ts',
    },
  ],
  invalid: [
    [
      'async function go() { for (let i = 0; i < 5; i++) try { return await f() } catch { await sleep(1000) } }',
      'fixed',
    ],
    [
      'async function go() { for (let i = 0; i < 5; i++) try { return await f() } catch { await sleep(i * 500) } }',
      'fixed',
    ],
    ['async function go(n) { try { return await f() } catch { setTimeout(() => go(n + 1), 3000) } }', 'fixed'],
    [`${axiosRetry} axiosRetry(a, { retryDelay: () => 500 })`, 'fixed'],
    [`${axiosRetry} axiosRetry(a, { retryDelay: (n) => n * 500 })`, 'fixed'],
    ['import ky from "ky"; ky.extend({ retry: { delay: () => 300 } })', 'fixed'],
    ['import { ConstantBackoff } from "cockatiel"; new ConstantBackoff(200)', 'fixed'],
    ['async function go() { while (true) { try { return await fetch(u) } catch { continue } } }', 'immediate'],
    [
      'async function go() {\n  for (let i = 0; i < 5; i++) {\n    try { return await f() } catch {}\n    await new Promise((go) => setTimeout(go, 1000))\n  }\n}',
      'fixed@4',
    ],
    [
      'const WAIT_MS = 2000\nasync function go(left) {\n  try { return await f() } catch (e) {\n    if (left === 0) throw e\n    await sleep(WAIT_MS)\n    return go(left - 1)\n  }\n}',
      'fixed@5',
    ],
    [
      'class A { delay = 500; async go(n) { try { return await f() } catch (e) { await sleep(this.delay); return this.go(n + 1) } } }',
      'fixed',
    ],
    [
      'const pause = (ms) => new Promise((r) => setTimeout(r, ms))\nasync function go() {\n  let ok = false\n  while (!ok) {\n    ok = await f().catch(() => false)\n    await pause(1000)\n  }\n}',
      'fixed@6',
    ],
    [
      'async function go() { for (let i = 0; i < 5; i++) { const r = await fetch(u); if (r.ok) return r; await sleep(1000) } }',
      'fixed',
    ],
    [
      'import { setTimeout as sleep } from "node:timers/promises"; async function go() { for (let i = 0; i < 5; i++) { try { return await f() } catch { await sleep(1000) } } }',
      'fixed',
    ],
    ['import pRetry from "p-retry"; pRetry(f, { factor: 1, minTimeout: 500 })', 'fixed'],
    ['queue.add("mail", data, { attempts: 5, backoff: { type: "fixed", delay: 1000 } })', 'fixed'],
    ['queue.add("mail", data, { attempts: 5, backoff: "fixed" })', 'fixed'],
    ['import { ofetch } from "ofetch"; ofetch(u, { retry: 3, retryDelay: 1000 })', 'fixed'],
    ['import { retry } from "rxjs"; x.pipe(retry({ count: 3, delay: 1000 }))', 'fixed'],
    [
      {
        code: 'async function go() { for (let i = 0; i < 5; i++) { try { return await f() } catch { await sleep(2 ** i * 100) } } }',
        options: { requireJitter: true },
      },
      'noJitter',
    ],
    [
      {
        code: 'async function go() { for (let i = 0; i < 2; i++) { try { return await f() } catch { await sleep(1000) } } }',
        options: { minAttempts: 1 },
      },
      'fixed',
    ],
  ],
}
