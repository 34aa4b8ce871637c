import type { RuleCases } from '../../testing/rule-cases.ts'

export const noBareCatchCases: RuleCases = {
  valid: [
    'async function f() { const cached = await read(); try { return await load() } catch { return cached } }',
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
    'async function f() { try { await run(job) } catch { queue.next() } }',
    'async function f() { try { await save() } catch { state.status = "failed" } }',
    'async function f() { try { await save() } catch { setError("Saving failed") } }',
    'async function f() { try { await socket.send(x) } catch { reconnect() } }',
    // Probes and synchronous computations.
    'function isUrl(s) { try { new URL(s); return true } catch { return false } }',
    'try { localStorage.setItem("a", "b") } catch {}',
    'video.play().catch(() => {})',
    'try { address = ipaddr.parseCIDR(rule) } catch { }',
    // The comment stands right before the handler, or on several lines above the statement.
    'lookup(host).then(\n  show,\n  // An unknown host has no records.\n  () => [],\n)',
    '// A body that breaks off tells nothing more.\nconst body = await start(response).catch(() => "")',
    '// We do nothing on failure:\n// some disks know no owners.\nawait chown(file).catch(() => {})',
    // A promise that is handed on with its failure.
    'class Q { run() { const p = load(); this.tail = p.catch(() => {}); return p } }',
    'function once() { const p = load(); void p.catch(() => { cached = undefined }); return p }',
    'function f(a) { try { return parseVersion(a) } catch { return undefined } }',
    'const x = await import("./optional").catch(() => undefined)',
    'async function f() { try { return (await import("fsevents")).default } catch { return null } }',
    'import fse from "fs-extra"; const found = await fse.pathExists(p).catch(() => false)',
    // Whether a tool is there.
    'import { execa } from "execa"; async function go() { try { await execa("go", ["version"], { cwd }); return 1 } catch { return 0 } }',
    'import { execSync } from "node:child_process"; function git() { try { return execSync("git --version") } catch { return null } }',
    'import { show } from "./show"; ping(id).catch(show)',
    // Cleaning up.
    'import fse from "fs-extra"; await fse.remove(tempFolder).catch(() => {})',
    'async function f() { try { await work() } finally { await store.remove(key).catch(() => {}) } }',
    'async function f() { try { await work() } finally { try { await store.remove(key) } catch {} } }',
    'async function f() { try { await work() } finally { try { await handle.close() } catch {} } }',
    'await unlink(tmp).catch(() => {})',
    'async function f() { try { await write(p) } catch (e) { await unlink(p).catch(() => {}); throw e } }',
    'async function cleanUp(p) { await rm(p, { force: true }).catch(() => {}) }',
    'try { reader.releaseLock() } catch {}',
    'async function hasBranch(name) { try { await git.show(name); return true } catch { return false } }',
    'killProcessGroup({ pid }).catch(() => {})',
    // A promise kept for later.
    'async function f() { const p = load(); p.catch(() => {}); await other(); return await p }',
    'function f() { const p = load(); p.finally(() => { running = undefined }).catch(() => {}); return p }',
    // Explained, at the place where people write it.
    'await send().catch(() => {}) // metrics are best effort here',
    // Above the `try`, where it speaks of failing.
    'async function f() {\n // Fails where one image is still needed.\n try { await remove() } catch {}\n}',
    // Named by the schema library, not a handler.
    'const s = schema.catch(fallback)',
    { code: 'try { await save() } catch {}', filename: 'src/save.test.ts' },
    { code: 'describe("x", () => { it("y", async () => { try { await save() } catch {} }) })' },
    { code: 'try { await save() } catch { /* known */ }', options: { comments: 'any' } },
    // A name that says so needs only a word of comment.
    'try { await save() } catch (ignored) { /* best-effort */ }',
    'try { await save() } catch (_error) { /* best-effort */ }',
    { code: 'try { await save() } catch (skipped) { /* best-effort */ }', options: { allowNames: ['skipped'] } },
    // Text, number and date work is no operation.
    'try { const code = header.split(",")[0].split("-")[0]; if (known.includes(code)) language = code } catch {}',
    'try { text = amount.toLocaleString(locale, options) } catch {}',
    'function read(cookie) { try { return cookie.split(";").map((part) => part.trim()) } catch { return [] } }',
    'try { new TextDecoder(charset).decode(bytes) } catch {}',
    'function f(run) { const result = run(); const tail = result.then(() => undefined, () => undefined); tails.set(1, tail); return result.finally(() => tails.delete(1)) }',
    'function enqueue(run) { const previous = tails.get(1) ?? Promise.resolve(); return previous.catch(() => undefined).then(run) }',
    'const read = (text) => (text === "true" ? true : JSON.parse(text)); try { data = read(data) } catch {}',
    // Where nothing waits, a word or two is enough.
    'const watch = (type) => { try { observer.observe({ type }) } catch { /* not supported */ } }',
    // A component, which is gone at once.
    'try { root.unmount() } catch {}',
    // A result that tells of the failure.
    'async function f() { try { await save() } catch { return { ok: false, reason: "not saved" } } }',
    'async function f() { try { await save() } catch { return { error: true } } }',
    // Yes or no, asked by name.
    'class Share { async #isMounted() { try { await mount(); return true } catch { return false } } }',
    'const routes = { isLoggedIn: procedure.query(async () => { try { await verify(); return true } catch { return false } }) }',
    'async function f() { const isValid = await verify(token).catch(() => false); return isValid ? 1 : 2 }',
    'import pWaitFor from "p-wait-for"; await pWaitFor(async () => { try { await ping(); return true } catch { return false } })',
    'class Git { isClean() { return this.exec("git diff --quiet").then(() => true, () => false) } }',
    'class Health { async isCacheHealthy() { try { return await this.cache.ping() } catch { return false } } }',
    'class A { catch(value) { return value } } new A().catch(5)',
    'import { z } from "zod"; const list = z.array(z.string()); list.optional().catch(() => [])',
    { code: 'try { await look(path) } catch { found = null }', options: { probes: ['look'], strictProbes: false } },
    {
      code: 'async function f(u) { try { return await load(u) } catch { return null } }',
      options: { returnNull: 'never' },
    },
    // A browser asks its own features.
    'try { sessionStorage.removeItem("draft") } catch {}',
    'try { navigator.vibrate(200) } catch {}',
    'window.parent.postMessage(x).catch(() => {})',
    'async function f() { try { await load() } catch { await delay(500); await connect() } }',
    {
      code: 'async function f() { try { await save() } catch { return clearTimeout(t), noop() } }',
      options: { handlers: ['noop'] },
    },
  ],
  invalid: [
    [
      'new Promise((resolve) => form.onSubmit(async () => { try { await Promise.resolve(save()); resolve(true) } catch { resolve(false) } }))',
      'dropped',
    ],
    ['async function f() { try { await parseFeed(url) } catch {} }', 'dropped'],
    // What was there before comes back.
    [
      'async function f() { const first = await send(); try { await refresh() } catch { return first } return send() }',
      'dropped',
    ],
    [
      'async function f() { const all = new Map(); try { await fill(all); return all } catch { return all } }',
      'dropped',
    ],
    ['parseFeed(url).catch(() => {})', 'dropped'],
    // An operation, not the end of one.
    ['async function f() { try { await terminateWorkflow(id) } catch {} }', 'dropped'],
    ['function once() { void load().catch(() => { cached = undefined }) }', 'dropped'],
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
    // The comment says what the statement is for.
    ['// These are the images of today\nload().catch(() => {})', 'dropped@2'],
    ['async function f() { // update neighbours\n neighbours().catch(() => { /* noop */ }) }', 'dropped@2'],
    ['class Mounts { async f(id) { await this.unmount(id).catch(() => {}) } }', 'dropped'],
    ['const records = await dnsPromises.resolve(host, "TXT").catch(() => [])', 'dropped'],
    // Only its name is known.
    ['import utils from "./utils"; ping(id).catch(utils.noop)', 'dropped'],
    ['import { noop } from "lodash"; fetch(u).then(show, noop)', 'dropped'],
    // Removing it is the work.
    [
      'import fs from "node:fs"; async function removeUser(id) { await fs.promises.rm(join(users, id)).catch(() => undefined) }',
      'dropped',
    ],
    [
      'import fsp from "node:fs/promises"; async function removeFolder(p) { try { await fsp.rmdir(p); return true } catch { return false } }',
      'dropped',
    ],
    // Only the inner `switch` is left.
    [
      'async function f(keys) { for (const key of keys) { try { switch (key.type) { case 1: rows.push(await get(key)); break } } catch (_error) {} } }',
      'dropped',
    ],
    ['const [a, b] = await Promise.all([load(1), load(2)]).catch(() => [null, null])', 'dropped'],
    // The input comes back as if nothing had happened.
    ['const attach = (keys) => Promise.all(keys.map((key) => describe(key).catch(() => key)))', 'dropped'],
    ['async function safe(load, fallback) { try { return await load() } catch { return fallback } }', 'dropped'],
    ['async function f(key) { try { return await g(key) } catch { return { ...key, columns: [] } } }', 'dropped'],
    // The answer is made from what could not be read.
    [
      'async function isExpired(key) { try { return past(JSON.parse(await cache.get(key))) } catch { return true } }',
      'dropped',
    ],
    [
      'async function hasKey(key) { try { const found = await store.head(key); return found.status === 200 } catch { return false } }',
      'dropped',
    ],
    [
      'import * as O from "fp-ts/Option"; async function find(id) { try { return O.some(await users.findOrThrow(id)) } catch { return O.none } }',
      'dropped',
    ],
    ['const all = () => new Promise((done) => load().then(done, () => done([])))', 'dropped'],
    ['try { callbacks.accepted("OK") } catch { /* intentionally ignored */ }', 'dropped'],
    ['async function f() { try { await send() } catch { /* not there */ } }', 'dropped'],
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
      'async function f(id) { try { return { id, url: await load(id) } } catch { return { id, url: null } } }',
      'dropped',
    ],
    ['async function f() { try { await save() } catch (e) { /* best-effort */ } }', 'dropped'],
    ['const x = load(u)\n  .then(parse)\n  .catch(() => [])', 'dropped@3'],
    ['async function f() { let user; try { user = await load() } catch {} return null }', 'dropped'],
    [
      'import { execa } from "execa"; async function go() { try { await execa("go", ["build"]); return 1 } catch { return 0 } }',
      'dropped',
    ],
    ['app.use(async (req, res, next) => { try { await capture(req) } catch (error) { next() } })', 'dropped'],
    ['async function f() {\n // Writes the prices of today.\n try { await save() } catch {}\n}', 'dropped@3'],
    ['await store.remove(key).catch(() => {})', 'dropped'],
    // What was there before the call is no second attempt, and another error hides the first.
    ['async function f(cached) { try { return await load() } catch {} return cached }', 'dropped'],
    ['async function f() { try { return await load() } catch {} throw new Denied() }', 'dropped'],
    // The `return` of a callback does not leave the loop.
    [
      'async function f(all) { for (const a of all) { try { a.v = (await load(a)).find((x) => { return x.ok }) } catch {} } }',
      'dropped',
    ],
    // The input comes back as if the call had worked.
    ['async function rank(documents) { try { return await rerank(documents) } catch { return documents } }', 'dropped'],
    ['eventBus.on("x", async () => { try { bus.emit("y") } catch {} })', 'dropped'],
    [
      { code: 'function f(s) { try { return compile(s) } catch { return null } }', options: { returnNull: 'always' } },
      'dropped',
    ],
    [
      {
        code: 'async function f() { try { await db.write(r) } catch {} }',
        suggestions: [
          ['rethrow', 'async function f() { try { await db.write(r) } catch (error) { throw error } }'],
          [
            'wrap',
            "async function f() { try { await db.write(r) } catch (error) { throw new Error('write failed', { cause: error }) } }",
          ],
          [
            'log',
            "async function f() { try { await db.write(r) } catch (error) { console.error('write failed', error) } }",
          ],
        ],
      },
      'dropped',
    ],
    [
      {
        code: 'import pino from "pino"; const log = pino(); log.info("up"); async function f(u) { try { return await load(u) } catch (e) { return null } }',
        suggestions: [
          [
            'rethrow',
            'import pino from "pino"; const log = pino(); log.info("up"); async function f(u) { try { return await load(u) } catch (e) { throw e } }',
          ],
          [
            'wrap',
            'import pino from "pino"; const log = pino(); log.info("up"); async function f(u) { try { return await load(u) } catch (e) { throw new Error(\'load failed\', { cause: e }) } }',
          ],
          [
            'log',
            'import pino from "pino"; const log = pino(); log.info("up"); async function f(u) { try { return await load(u) } catch (e) { log.error({ err: e }, \'load failed\'); return null } }',
          ],
        ],
      },
      'dropped',
    ],
    [
      {
        code: 'const x = await load(u).catch(() => null)',
        suggestions: [
          ['rethrow', 'const x = await load(u).catch((error) => { throw error })'],
          ['wrap', "const x = await load(u).catch((error) => { throw new Error('load failed', { cause: error }) })"],
          ['log', "const x = await load(u).catch((error) => { console.error('load failed', error); return null })"],
        ],
      },
      'dropped',
    ],
    [
      {
        code: 'try { await save() } catch { /* host is optional, status page shows it */ }',
        options: { comments: 'never' },
      },
      'dropped',
    ],
  ],
}
