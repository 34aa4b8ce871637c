import type { RuleCases } from '../../testing/rule-cases.ts'
import { errorLogPlaces } from './structured-error-log.places.cases.ts'

export const structuredErrorLogCases: RuleCases = {
  valid: [
    ...errorLogPlaces.valid,
    'import pino from "pino"; const logger = pino(); try { f() } catch (err) { logger.error({ err, id }, "sync failed") }',
    'import winston from "winston"; const logger = winston.createLogger(); try { f() } catch (err) { logger.error("sync failed", { err }) }',
    'import { Logger } from "@nestjs/common"; class S { logger = new Logger(); async f() { try { await g() } catch (err) { this.logger.error("sync failed", err.stack, "Sync") } } }',
    'logger.info("done " + n)',
    'log.warn(`retry ${n}`)',
    'console.error("usage: x")',
    'try { f() } catch (err) { logger.debug(err); throw new AppError("x", { cause: err }) }',
    'try { f() } catch (err) { span.recordException(err) }',
    'try { await f() } catch (err) { logger.error(`sync of ${id} failed: ${err.message}`, err) }',
    'main().catch((e) => { console.error(e); process.exit(1) })',
    '#!/usr/bin/env node\ntry { f() } catch (e) { console.error(e.message) }',
    'import { program } from "commander"; try { await f() } catch (e) { console.error(`x: ${e.message}`) }',
    'try { JSON.parse(s) } catch (e) { log.info("not JSON, using the default") }',
    'import * as prompts from "@clack/prompts"; try { await f() } catch (e) { prompts.log.error(`x: ${e.message}`) }',
    'app.onError((error, context) => { logger.error({ error }, error.message ?? "failed") })',
    'const error = check(id); if (typeof error === "string") logger.error("Invalid id: " + error)',
    'try { await f() } catch { log.info("no session yet"); await signIn() }',
    'try { await f() } catch {\n // The name is used as it is.\n log.info("no address") }',
    'function fail(error) { logger.error(`failed: ${format(error)}`, error) }',
    'fs.access(path).catch(() => log.warn("no such file"))',
    'sync().then(console.log)',
    'socket.on("message", console.log)',
    '#!/usr/bin/env node\nconst go = () => main().catch(console.error)',
    'main().catch(console.error)',
    { code: 'const every = () => load().catch(console.error)', options: { console: 'never' } },
    'const body = await res.text(); logger.error(`answer: ${body.message}`)',
    'try { await f() } catch (e) { log.info("failed"); throw e }',
    'try { await f() } catch (e) { log.warn("failed"); next(e) }',
    'dialog.error("x" + err); catalog.error(err)',
    {
      code: 'export const A = () => { load().catch((e) => console.error("x", e)); return <p /> }',
      filename: 'src/a.tsx',
    },
    { code: 'try { await f() } catch (e) { console.error(e) }', filename: 'src/a.test.ts' },
    { code: 'try { await f() } catch (e) { console.error(e) }', options: { console: 'never' } },
    // What else a field tells of the error, or where the level says that it does not matter.
    'try { await f() } catch (e) { logger.error("x", { stack: e.stack, message: e.message }) }',
    'try { await f() } catch (e) { logger.error("x", { status: e.response?.status, message: e.message }) }',
    'try { await f() } catch (e) { logger.debug("from the cache", { reason: e.message }); useCache() }',
    'try { await f() } catch (e) { logger.error(e.message, e.parent ?? e) }',
    'try { await f() } catch (e) { logger.error("x", { err: toError(e) }) }',
    // A condition says which error it is.
    'try { await f() } catch (e) { if (e.code === "EEXIST") { log.warn("there already"); return } use(e) }',
    'import * as Sentry from "@sentry/react"; try { await f() } catch (e) { console.error(e) }',
    '$(window).on("resize", () => { try { f() } catch (e) { console.error(e) } })',
    // What is no error any more, or not yet.
    'enum SnatchError { aborted = "aborted" } function f(snatchError: SnatchError) { logger.warn(`skipped: ${snatchError}`) }',
    'const getSafeError = (error) => ({ name: error.name }); try { await f() } catch (e) { logger.error({ error: getSafeError(e) }, "x") }',
    'const { error } = await response.json(); logger.error(`answer: ${error}`)',
    'hosts.map((e) => log.error("DNS", `no such host ${e}`))',
    'socket.on("error", (error) => { log.debug(`closed: ${error}`); reject(error) })',
    'import { Logger } from "@nestjs/common"; const logger = new Logger(); try { await f() } catch (e) { logger.error("sync failed", e instanceof Error ? e.stack : undefined) }',
    'const error = "no such user"; logger.error(`refused: ${error}`)',
    'const { url, error } = await authorize(request); if (error) logger.error(`refused: ${error}`)',
    'process.on("unhandledRejection", (reason) => { if (reason instanceof Error) logger.error({ err: reason }); else logger.error(`rejected: ${String(reason)}`) })',
    'const error = new Error(`Milestone ${m} is missing.`); log.warn(error.message); throw error',
    'const problems = check(config); if (problems.length > 0) { logger.error(`bad configuration: ${problems}`); process.exit(1) }',
    'try { readConfig() } catch (e) { logger.error(`bad configuration: ${e.message}`); process.exit(1) }',
    'import { toast } from "sonner"; try { await f() } catch (e) { toast.error("Saving failed: " + e.message) }',
    // Loggers of another kind.
    { code: 'try { await f() } catch (e) { log.error("db", e, "failed") }', options: { dialect: 'tag-first' } },
    { code: 'try { await f() } catch (e) { log.error("failed", e) }', options: { dialect: { error: 'any' } } },
    {
      code: 'try { await f() } catch (e) { printer.log.error(`failed: ${e.message}`) }',
      options: { loggers: [{ name: 'printer.log', role: 'ui' }] },
    },
    {
      code: 'class Release { async run() { try { await f() } catch (e) { this.log.error(e.message) } } }',
      settings: { loggers: [{ name: 'log', role: 'ui' }] },
    },
  ],
  invalid: [
    ...errorLogPlaces.invalid,
    ['try { await f() } catch (err) { logger.error(`x ${err}`) }', 'flattened'],
    ['try { await f() } catch (err) { console.error(err) }', 'console'],
    ['try { await f() } catch (e) { logger.error("x " + e.message) }', 'flattened'],
    ['import pino from "pino"; try { await f() } catch (err) { pino().error("x", err) }', 'dropped'],
    ['function f(error) { logger.warn(JSON.stringify(error)) }', 'flattened'],
    ['try { await f() } catch (e) { log.error("failed") }', 'missing'],
    [
      'try { await f() } catch (e) { if (e.code === "ABORTED") log.info("cancelled"); else log.error("failed") }',
      'missing',
    ],
    ['try { await f() } catch (e) { if (e.code !== "ENOENT") log.warn("failed") }', 'missing'],
    // Whoever asked or called learns of it, the log does not.
    ['async function f() { try { await g() } catch (e) { logger.error("failed"); return { message: e } } }', 'missing'],
    [
      'app.get("/", async (req, res) => { try { await g() } catch (e) { logger.error("failed"); res.status(500).json({ error: e.message }) } })',
      'missing',
    ],
    ['try { await f() } catch (e) { log.warn("failed"); throw e }', 'missing'],
    [
      'socket.on("save", async (row, callback) => { try { await f(row) } catch (e) { log.error("not saved"); callback({ ok: false, message: e.message }) } })',
      'missing',
    ],
    ['try { await f() } catch (e) { log.error("failed"); throw new SyncError("x", { cause: e }) }', 'missing'],
    [
      'async function f() { let last; for (let i = 0; i < 3; i += 1) { try { return await g() } catch (e) { last = e; log.warn("again") } } throw last }',
      'missing',
    ],
    ['try { await f() } catch { logger.withContext({ id }).error("failed") }', 'missing'],
    ['class Sync { async f() { try { await g() } catch (e) { this.logger().warn(`x: ${e.message}`) } } }', 'flattened'],
    ['try { await f() } catch (e) { getLogger("sync").error("failed") }', 'missing'],
    ['async function main() { app.listen(80) } main().catch((error) => { console.error(error) })', 'console'],
    ['try { JSON.parse(s) } catch (e) { log.warn("not JSON, using the default") }', 'missing'],
    [
      'let reason; try { await f() } catch (e) { reason = e.message; log.error(`rollback failed: ${reason}`) }',
      'flattened',
    ],
    ['let error; try { f() } catch (e) { error = e } log.warn(`no data: ${error ?? "none"}`)', 'flattened'],
    [
      'const migrationFailed = (err?: Error) => { if (err) { console.error(err) } process.exit() }; go().catch((e) => migrationFailed(e))',
      'console',
    ],
    // The text of the entry is a field of it, or of what a name stands for.
    ['try { await f() } catch (e) { logger.verbose({ label, message: `no answer: ${e.message}` }) }', 'flattened'],
    [
      'try { await f() } catch (e) { const entry = { label, message: `no answer: ${e.message}` }; logger.error(entry) }',
      'flattened',
    ],
    ['try { await f() } catch (e) { const meta = { error: String(e) }; console.error("task:", meta) }', 'console'],
    ['try { await f() } catch (e) { log.error(`no manifest: ${colors.red(e)}`) }', 'flattened'],
    [
      'try { await f() } catch (e) { const error = new Error(`no feed: ${e.message}`); logger.error(error.message) }',
      'flattened',
    ],
    [
      'try { roles = pick(profile, claim); function pick(a, b) { return a[b].map(String) } } catch (e) { log.warn("no roles") }',
      'missing',
    ],
    [
      'try { await read() } catch (e) { log.error("cannot read the file"); log.error(""); log.error("see the manual") }',
      'missing',
    ],
    [
      'try { await f() } catch (e) { const text = description || getErrorMessage(e); log.error(`refused: ${text}`) }',
      'flattened',
    ],
    // Typed as an error, or named like one where it becomes text.
    [
      'class Fatal extends Error {} function exit(reason: Fatal | string | null) { logger.error(reason.stack) }',
      'flattened',
    ],
    ['let last: RequestError | undefined; logger.error(`gave up: ${last}`)', 'flattened'],
    ['queue.work({ onError: (job) => logger.error(`${job.id}: ${job.error}\\n${job.error.stack}`) })', 'flattened'],
    ['const { error } = await attempt(f); if (error) logger.warn(`x: ${error}`)', 'flattened'],
    ['try { await f() } catch (e) { console.log("failed", serialize(e)) }', 'console'],
    // The end of a server's process does not bring back what the log leaves out.
    ['db.migrate((err) => { if (err) { logger.error(`Error ${err}`); process.exit(1) } })', 'flattened'],
    // As a field, all that is left is a text.
    ['try { await f() } catch (e) { logger.error("x", { label: "api", error: e.message }) }', 'flattened'],
    ['try { await f() } catch (e) { logger.warn("x", { url, error: String(e) }) }', 'flattened'],
    [
      'try { await f() } catch (e) { logger.error("x", { error: e instanceof Error ? e.message : String(e) }) }',
      'flattened',
    ],
    [
      'try { await f() } catch (e) { const error = toError(e); logger.warn(`no answer: ${error.message}`, { id }) }',
      'flattened',
    ],
    [
      'try { await f() } catch (e) { log.error({ error: e instanceof AppError ? `[${e.code}]: ${e.message}` : String(e) }, "x") }',
      'flattened',
    ],
    [
      'import type { Logger } from "pino"; async function f(logger: Logger) { try { await g() } catch (e) { logger.error("x", e) } }',
      'dropped',
    ],
    // The library's own logger, as CommonJS gets it.
    ['const winston = require("winston"); try { await f() } catch (err) { winston.error(err.stack) }', 'flattened'],
    ['const winston = require("winston"); try { await f() } catch (err) { winston.warn("failed") }', 'missing'],
    ['load().catch(() => log.error("failed"))', 'missing'],
    // At a lower level where the handler does nothing else.
    ['try { await f() } catch { log.debug("failed") }', 'missing'],
    ['try { copyTokens() } catch (error) { log.info("no tokens") }', 'missing'],
    ['try { JSON.parse(s) } catch (e) { log.error("not JSON") }', 'missing'],
    ['const every = () => sync().catch(console.error)', 'console'],
    ['function open(socket) { socket.on("error", console.error) }', 'console'],
    ['try { await f() } catch (e) { logger.error(String(e)) }', 'flattened'],
    ['try { await f() } catch (err) { logger.error(err.stack) }', 'flattened'],
    [
      'try { await f() } catch (e) { const message = e instanceof Error ? e.message : String(e); logger.error(`x: ${message}`) }',
      'flattened',
    ],
    ['socket.on("error", (err) => console.error("socket", err))', 'console'],
    ['load().catch((err) => logger.error("load failed: " + err))', 'flattened'],
    ['fs.readFile(p, (err, data) => { if (err) logger.error(`read: ${err.message}`) })', 'flattened'],
    ['try { await f() } catch (error) { logger.error("x", error.message) }', 'flattened'],
    [
      'import bunyan from "bunyan"; const log = bunyan.createLogger({ name: "a" }); const child = log.child({}); try { await f() } catch (err) { child.error("x", err) }',
      'dropped',
    ],
    ['try { await f() } catch (e) { logger.error(`x: ${getErrorMessage(e)}`) }', 'flattened'],
    [
      {
        code: 'try { await f() } catch (e) { logger.error("x", { stack: e.stack, message: e.message }) }',
        options: { requireWholeError: true },
      },
      'flattened',
    ],
    ['try { await f() } catch (e) {\n  console.log("it failed", e.message)\n}', 'console@2'],
    [
      'import Logger from "./Logger"; stream.on("error", (err) => { Logger.error(`copy failed: ${err}`) })',
      'flattened',
    ],
    ['try { await f() } catch (e) { this.logger.error(["upload failed", e?.message, e?.stack]) }', 'flattened'],
    ['try { await f() } catch (e) { logger.error(isArray(e.message) ? e.message[0] : e.message) }', 'flattened'],
    ['load().catch(({ message }) => { logger.warn(`no answer: ${message}`) })', 'flattened'],
    ['try { await f() } catch (e) { const { message } = e; logger.warn(`no answer: ${message}`) }', 'flattened'],
    ['function f(reason) { if (reason instanceof Error) logger.error(`rejected: ${reason.message}`) }', 'flattened'],
    [
      'try { a = decrypt(JSON.parse(s).token, key); b = sign(a); verify(b) } catch (e) { logger.error("cannot decode the token") }',
      'missing',
    ],
    [
      { code: 'try { await f() } catch (e) { audit.error("failed: " + e) }', options: { loggers: ['audit'] } },
      'flattened',
    ],
    [
      { code: 'try { await f() } catch (e) { log.error("failed", e) }', options: { dialect: { error: 'first' } } },
      'dropped',
    ],
    [
      {
        code: 'export const A = () => { load().catch((e) => console.error("x", e)); return <p /> }',
        filename: 'src/a.tsx',
        options: { browser: 'check' },
      },
      'console',
    ],
    [
      {
        code: 'import pino from "pino"; const logger = pino(); try { await f() } catch (err) { logger.error(`sync of ${id} failed: ${err.message}`) }',
        suggestions: [
          [
            'asField',
            'import pino from "pino"; const logger = pino(); try { await f() } catch (err) { logger.error({ err, id }, \'sync of failed\') }',
          ],
        ],
      },
      'flattened',
    ],
    [
      {
        code: 'import winston from "winston"; const log = winston.createLogger(); try { await f() } catch (e) { log.error("sync failed: " + e) }',
        suggestions: [
          [
            'asField',
            'import winston from "winston"; const log = winston.createLogger(); try { await f() } catch (e) { log.error(\'sync failed\', { err: e }) }',
          ],
        ],
      },
      'flattened',
    ],
    [
      {
        code: 'import { Logger } from "@nestjs/common"; const log = new Logger(); try { await f() } catch (e) { log.error(`sync failed: ${e.message}`) }',
        suggestions: [
          [
            'asField',
            'import { Logger } from "@nestjs/common"; const log = new Logger(); try { await f() } catch (e) { log.error(\'sync failed\', e.stack) }',
          ],
        ],
      },
      'flattened',
    ],
    [
      {
        code: 'import pino from "pino"; const log = pino(); try { await f() } catch (e) { log.error("sync failed") }',
        suggestions: [
          [
            'asField',
            'import pino from "pino"; const log = pino(); try { await f() } catch (e) { log.error({ err: e }, \'sync failed\') }',
          ],
        ],
      },
      'missing',
    ],
    [
      {
        code: 'import pino from "pino"; const log = pino(); try { await f() } catch (e) { log.error("sync failed", e) }',
        suggestions: [
          [
            'asField',
            'import pino from "pino"; const log = pino(); try { await f() } catch (e) { log.error({ err: e }, \'sync failed\') }',
          ],
        ],
      },
      'dropped',
    ],
  ],
}
