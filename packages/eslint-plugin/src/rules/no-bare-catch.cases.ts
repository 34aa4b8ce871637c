import type { RuleCases } from '../../testing/rule-cases.ts'

export const noBareCatchCases: RuleCases = {
  valid: [
    'try { await save() } catch (e) { log.error({ err: e }, "save") }',
    'let cfg; try { cfg = JSON.parse(s) } catch { cfg = {} }',
    'async function has(p) { try { await fs.access(p); return true } catch { return false } }',
    'try { await ping() } catch { /* host is optional, status page shows it */ }',
    'const b = await res.json().catch(() => null)',
    'z.string().catch("")',
    'try { await a() } catch (e) { if (!(e instanceof NotFound)) throw e }',
    'async function f() { try { await primary() } catch { return await secondary() } }',
    // Recovery after the try, or by the next candidate of a loop.
    'async function f() { try { return await primary() } catch {} return await secondary() }',
    'async function f(mirrors) { for (const url of mirrors) { try { return await load(url) } catch { continue } } }',
    // State, messages and reconnects handle the error.
    'async function f() { try { await save() } catch { state.status = "failed" } }',
    'async function f() { try { await save() } catch { setError("Saving failed") } }',
    'async function f() { try { await socket.send(x) } catch { reconnect() } }',
    // Probes and synchronous computations.
    'function isUrl(s) { try { new URL(s); return true } catch { return false } }',
    'try { localStorage.setItem("a", "b") } catch {}',
    'video.play().catch(() => {})',
    'function f(a) { try { return parseVersion(a) } catch { return undefined } }',
    'const x = await import("./optional").catch(() => undefined)',
    'async function f() { try { return (await import("fsevents")).default } catch { return null } }',
    // Cleaning up.
    'async function f() { try { await work() } finally { try { await handle.close() } catch {} } }',
    'await unlink(tmp).catch(() => {})',
    'try { reader.releaseLock() } catch {}',
    'async function hasBranch(name) { try { await git.show(name); return true } catch { return false } }',
    'killProcessGroup({ pid }).catch(() => {})',
    // A promise kept for later.
    'async function f() { const p = load(); p.catch(() => {}); await other(); return await p }',
    // Explained, at the place where people write it.
    'await send().catch(() => {}) // metrics are best effort here',
    // Named by the schema library, not a handler.
    'const s = schema.catch(fallback)',
    { code: 'try { await save() } catch {}', filename: 'src/save.test.ts' },
    { code: 'describe("x", () => { it("y", async () => { try { await save() } catch {} }) })' },
    { code: 'try { await save() } catch { /* known */ }', options: { comments: 'any' } },
    {
      code: 'async function f() { try { await save() } catch { return clearTimeout(t), noop() } }',
      options: { handlers: ['noop'] },
    },
  ],
  invalid: [
    ['try { await db.write(r) } catch {}', 'dropped'],
    ['async function f(u) { try { return await api.get(u) } catch (e) { return null } }', 'dropped'],
    ['fetch(u).catch(() => {})', 'dropped'],
    ['await cache.get(k).catch(() => null)', 'dropped'],
    ['async function f() { try { await send() } catch (e) { /* ignore */ } }', 'dropped'],
    ['load().then(show, () => undefined)', 'dropped'],
    ['async function f(x) { try { await upsert(x); return true } catch (err) { return false } }', 'dropped'],
    ['req().catch(function () { return [] })', 'dropped'],
    [
      'import axios from "axios"; async function f(u) { try { return await axios.get(u) } catch { return null } }',
      'value',
    ],
    [
      'import { execSync } from "node:child_process"; function f() { try { return execSync("git log") } catch { return "" } }',
      'dropped',
    ],
    [
      'import fs from "node:fs"; function f(p) { try { return fs.readFileSync(p, "utf8") } catch { return null } }',
      'dropped',
    ],
    ['try { doWork() } catch {}', 'dropped'],
    ['async function isMember(id) { try { await fetch(u + id); return true } catch { return false } }', 'value'],
    ['try { await save() } catch { /* eslint-disable-line no-empty */ }', 'dropped'],
    ['try { await save() } catch (e) { // TODO\n}', 'dropped'],
    [
      'async function f() { let user = null\ntry { user = await load() }\ncatch { user = null }\nreturn user }',
      'dropped@3',
    ],
    ['new Promise((resolve) => { load().then(resolve).catch(() => resolve(null)) })', 'dropped'],
    ['const none = () => {}; fetch(u).catch(none)', 'dropped'],
    [
      {
        code: 'try { await save() } catch { /* host is optional, status page shows it */ }',
        options: { comments: 'never' },
      },
      'dropped',
    ],
  ],
}
