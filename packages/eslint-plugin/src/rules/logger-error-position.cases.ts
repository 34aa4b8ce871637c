import type { RuleCases } from '../../testing/rule-cases.ts'

const pino = (call: string): string =>
  `import pino from "pino"; const logger = pino({ level: "info" }); try { await f() } catch (err) { ${call} }`
const winston = (call: string): string =>
  `import winston from "winston"; const logger = winston.createLogger({ level: "info" }); try { await f() } catch (err) { ${call} }`
const bunyan = (call: string): string =>
  `import bunyan from "bunyan"; const logger = bunyan.createLogger({ name: "a", serializers: bunyan.stdSerializers }); try { await f() } catch (err) { ${call} }`

export const loggerErrorPositionCases: RuleCases = {
  valid: [
    pino('logger.error({ err }, "sync failed")'),
    pino('logger.error(err, "sync failed")'),
    pino('logger.error(err)'),
    pino('logger.error("sync failed: %s", err)'),
    pino('logger.error("sync of %s failed: %o", id, err)'),
    pino('logger.error({ err, id }, "sync of %s failed", err.message)'),
    pino('logger.error("sync failed: " + err.message)'),
    pino('logger.error(describe(err), "sync failed")'),
    pino('logger.error(fields, "sync failed", err)'),
    pino('logger.error(...parts, err)'),
    winston('logger.error("sync failed", err)'),
    winston('logger.error("sync failed", { err })'),
    winston('logger.error(err)'),
    winston('logger.error({ message: "sync failed", err })'),
    winston('logger.error("sync of %s failed", id, err)'),
    bunyan('logger.error({ err }, "sync failed")'),
    bunyan('logger.error(err, "sync failed")'),
    // The console prints every argument.
    'try { await f() } catch (err) { console.error("sync failed", err) }',
    // A name tells nothing about the library.
    'try { await f() } catch (err) { pinoLogger.error("sync failed", err) }',
    'import { logger } from "./logger"; try { await f() } catch (err) { logger.error("sync failed", err) }',
    'import { Logger } from "./logger"; function f(log: Logger) { g((err) => log.error("x", err)) }',
    // The options change how arguments are read, or which keys are serialized.
    'import pino from "pino"; const logger = pino({ hooks: { logMethod(args, method) { method.apply(this, args.reverse()) } } }); try { await f() } catch (err) { logger.error("x", err) }',
    'import pino from "pino"; const logger = pino({ errorKey: "error" }); try { await f() } catch (error) { logger.error({ error }, "x") }',
    'import pino from "pino"; const logger = pino({ serializers: { error: pino.stdSerializers.err } }); try { await f() } catch (error) { logger.error({ error }, "x") }',
    'import pino from "pino"; const logger = pino(options); try { await f() } catch (error) { logger.error({ error }, "x") }',
    { code: pino('logger.error("sync failed", err)'), filename: 'src/sync.test.ts' },
  ],
  invalid: [
    [pino('logger.error("sync failed", err)'), 'dropped'],
    [pino('logger.error(`sync of ${id} failed`, err)'), 'dropped'],
    [pino('logger.error("sync failed", { err })'), 'dropped'],
    [pino('logger.error({ id }, "sync failed", err)'), 'dropped'],
    [pino('logger.error("sync of %s failed", id, err)'), 'dropped'],
    [pino('logger.error("100%% failed", err)'), 'dropped'],
    [pino('logger.child({ job: 1 }).warn("sync failed", err)'), 'dropped'],
    [pino('logger.error({ error: err }, "sync failed")'), 'key'],
    [winston('logger.error({ err }, "sync failed")'), 'order'],
    [winston('logger.error(err, "sync failed")'), 'order'],
    [winston('logger.error("sync failed", id, err)'), 'dropped'],
    [bunyan('logger.error("sync failed", err)'), 'text'],
    [bunyan('logger.error({ id }, "sync failed", err)'), 'text'],
    [
      'import bunyan from "bunyan"; const log = bunyan.createLogger({ name: "a" }); f().catch((err) => log.error({ err }, "x"))',
      'key',
    ],
    // The library is known by the type, by the creation in a function or field, and by CommonJS.
    ['import type { Logger } from "pino"; function f(log: Logger) { g((err) => log.error("x", err)) }', 'dropped'],
    [
      'import type { Logger } from "pino"; class Sync { constructor(private readonly log: Logger) {}\nasync run() { try { await f() } catch (e) { this.log.error("x", e) } } }',
      'dropped@2',
    ],
    [
      'const pino = require("pino"); const make = (name) => pino({ name }); const log = make("a"); f().catch((error) => log.error("x", error))',
      'dropped',
    ],
    [
      'import Fastify from "fastify"; const app = Fastify({ logger: true }); app.listen().catch((err) => { app.log.error("x", err) })',
      'dropped',
    ],
    ['import * as winston from "winston"; f().catch((err) => winston.error({ err }, "x"))', 'order'],
    [
      'import { createLogger } from "winston"; class S { log = createLogger(); run() { f().catch((e) => {\nthis.log.warn({ e }, "x") }) } }',
      'order@2',
    ],
  ],
}

/** Code and what its suggestion makes of it. */
export const loggerErrorPositionSuggestions: readonly (readonly [string, ...string[]])[] = [
  [pino('logger.error("sync failed", err)'), pino('logger.error({ err }, "sync failed")')],
  [
    'const log = require("pino")(); f().catch((e) => log.error("x", e))',
    'const log = require("pino")(); f().catch((e) => log.error({ err: e }, "x"))',
  ],
  [pino('logger.error("x", { err, id })'), pino('logger.error({ err, id }, "x")')],
  [winston('logger.error({ err }, "x")'), winston('logger.error("x", { err })')],
  [winston('logger.error(err, "x")'), winston('logger.error("x", err)')],
  // More than two arguments need a thought.
  [pino('logger.error({ id }, "x", err)')],
]
