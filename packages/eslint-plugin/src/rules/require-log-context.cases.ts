import type { RuleCases } from '../../testing/rule-cases.ts'

const route = (call: string): string =>
  `import pino from "pino"; const log = pino(); app.get("/x", async (req, res) => { try { await f() } catch (err) { ${call} } })`

export const requireLogContextCases: RuleCases = {
  valid: [
    route('req.log.error({ err }, "x")'),
    'app.get("/x", async (req, res) => { try { await f() } catch (err) { logger.child({ requestId }).error({ err }) } })',
    route('log.error({ err, operation: "getTrack" }, "x")'),
    'import pino from "pino"; const log = pino({ mixin: () => store.getStore() }); app.get("/x", (req, res) => { f().catch((err) => log.error({ err }, "x")) })',
    route('log.info("started")'),
    'app.use(async (ctx, next) => { try { await next() } catch (err) { ctx.logger.error({ err }) } })',
    // The id is there, by one of its names.
    route('log.error({ err, reqId: req.id }, "x")'),
    route('log.error({ err, trace_id: span.traceId }, "x")'),
    route('log.error({ err, req }, "x")'),
    route('log.error(err, `request ${req.id} failed`)'),
    route('const fields = { err, requestId: req.id }; log.error(fields, "x")'),
    // It may be there.
    route('log.error({ err, ...fields }, "x")'),
    route('log.error(fieldsOf(req, err), "x")'),
    route('log.error(req.details, "x")'),
    'import { log } from "./log"; app.get("/x", (req, res) => { f().catch((err) => log.error({ err }, "x")) })',
    'app.get("/x", (req, res) => { const log = getLogger(req); f().catch((err) => log.error({ err }, "x")) })',
    'app.get("/x", (req, res) => { const { logger } = req; f().catch((err) => logger.error({ err }, "x")) })',
    'import winston from "winston"; const log = winston.createLogger({ format: addRequestId() }); app.get("/x", (req, res) => { f().catch((err) => log.error("x", { err })) })',
    // Nest gives the context of the class.
    'import { Logger } from "@nestjs/common"; class S { log = new Logger(S.name); @Get() async get() { try { await f() } catch (err) { this.log.error("x", err.stack) } } }',
    // No request and no job.
    'import pino from "pino"; const log = pino(); export async function load() { try { await f() } catch (err) { log.error({ err }, "x") } }',
    'import pino from "pino"; const log = pino(); main().catch((err) => log.error({ err }, "x"))',
    'socket.on("error", (err) => log.error({ err }, "x"))',
    { code: route('log.error({ err, tenant: req.tenant }, "x")'), options: { fields: ['tenant'] } },
    { code: route('log.error({ err, requestId: req.id, operation: "a" }, "x")'), options: { any: false } },
    { code: route('log.error({ err }, "x")'), filename: 'src/route.test.ts' },
  ],
  invalid: [
    [route('log.error({ err }, "x")'), 'context'],
    [route('console.error("x", err)'), 'context'],
    [
      'queue.process(async (job) => { try { await f(job.data) } catch (err) { logger.error("failed", { err }) } })',
      'context',
    ],
    ['api.interceptors.response.use((response) => response, (err) => { logger.warn({ err }); throw err })', 'context'],
    [route('log.error({ url }, "x")'), 'context'],
    [
      'async function handle(req: Request, res: Response) { try { await f() } catch (err) { log.fatal(err) } }',
      'context',
    ],
    [
      'import { Worker } from "bullmq"; new Worker("mail", async (job) => { await f().catch((err) => {\nlog.error(err, `mail to ${job.data.to}`) }) })',
      'context@2',
    ],
    [
      'class Mail { @Cron("* * * * *") async send() { try { await f() } catch (err) { console.error(err) } } }',
      'context',
    ],
    [
      'export async function POST(request) { try { return await f() } catch (err) { console.error("x", err); throw err } }',
      'context',
    ],
    [
      'import winston from "winston"; const log = winston.createLogger({ format: winston.format.json() }); router.post("/x", (req, res) => { f().catch((err) => log.error("x", { err })) })',
      'context',
    ],
    [{ code: route('log.error({ err, requestId: req.id }, "x")'), options: { any: false } }, 'context'],
    [{ code: route('log.error({ err, requestId: req.id }, "x")'), options: { fields: ['tenant'] } }, 'context'],
  ],
}
