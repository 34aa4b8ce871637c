import type { RuleCases } from '../../testing/rule-cases.ts'

const handler = (body: string): string =>
  `app.get("/x", async (req, res, next) => { try { res.json(await load()) } catch (err) { ${body} } })`

export const noStackInResponseCases: RuleCases = {
  valid: [
    handler('res.status(500).json({ error: "internal" })'),
    handler('res.json({ message: err.publicMessage })'),
    handler('if (dev) res.send(err.stack)'),
    handler('log.error({ err }); res.end()'),
    handler('next(err)'),
    'app.setErrorHandler((err, request, reply) => { reply.send(toProblem(err)) })',
    // The environment decides, in each of the ways people write it.
    handler('res.json({ message: err.message, stack: process.env.NODE_ENV === "production" ? undefined : err.stack })'),
    handler('res.json({ message: err.message, ...(process.env.NODE_ENV !== "production" && { stack: err.stack }) })'),
    handler('if (isProduction) { return res.sendStatus(500) } res.send(err.stack)'),
    'const show = process.env.NODE_ENV === "development"; app.use((err, req, res, next) => { res.json({ error: show ? err.stack : "internal" }) })',
    'app.use((err, req, res, next) => { res.json({ stack: options.exposeStack ? err.stack : undefined }) })',
    handler('switch (process.env.NODE_ENV) { case "development": res.send(err.stack); break }'),
    // Text of an error is no stack.
    handler('res.send(String(err))'),
    handler('res.send(`failed: ${err}`)'),
    handler('res.json({ error: err.message, code: err.code })'),
    // Errors that are made for the caller.
    handler('if (err instanceof ValidationError) return res.status(400).json(err); next(err)'),
    handler('if (isHttpError(err)) return res.status(err.status).json({ error: err })'),
    // Names that are no errors.
    'function sendError(res, status, error) { res.status(status).json({ error }) }',
    'app.get("/stack", (req, res) => { res.json({ stack: technology.stack }) })',
    'const render = (res, errors) => errors.map((err) => res.write(err))',
    handler('res.send(JSON.stringify(err, ["message", "code"]))'),
    // Not a response.
    handler('socket.send(err.stack); process.stderr.write(err.stack)'),
    'async function f() { try { await g() } catch (err) { cache.json(err); return { status: err.stack } } }',
    { code: 'self.addEventListener("fetch", () => { try { f() } catch (err) { return new Response(err.stack) } })' },
    { code: handler('res.send(err.stack)'), filename: 'src/server.test.ts' },
    // Only one of the two is an error.
    'function answer(err: Error | string, res) { const text = typeof err === "string" ? err : describe(err); res.send(text) }',
  ],
  invalid: [
    [handler('res.send(err.stack)'), 'stack'],
    ['res.send(err.stack)', 'stack'],
    [handler('res.json({ err })'), 'error'],
    [handler('res.json({ error: err.message, stack: err.stack })'), 'stack'],
    ['app.use(async (ctx, next) => { try { await next() } catch (e) { ctx.body = e } })', 'error'],
    [
      'export async function GET() { try { return Response.json(await f()) } catch (e) { return new Response(String(e.stack)) } }',
      'stack',
    ],
    [
      'import { inspect } from "node:util"; app.get("/x", async (request, reply) => { try { await f() } catch (e) { reply.code(500).send(inspect(e)) } })',
      'stack',
    ],
    [handler('const s = err.stack; res.end(s)'), 'stack'],
    ['app.use((error, req, res, next) => res.status(500).json(error))', 'error'],
    [
      'db.all("select 1", (err, rows) => { if (err) return res.status(500).json({ error: err }); res.json(rows) })',
      'error',
    ],
    [handler('const body = { message: err.message }\nbody.stack = err.stack\nres.json(body)'), 'stack@3'],
    [
      'import { NextResponse } from "next/server"; export async function POST() { try { await f() } catch (error) { return NextResponse.json({ error }, { status: 500 }) } }',
      'error',
    ],
    [
      'app.get("/", async (c) => { try { await f() } catch (e) { return c.json({ error: e.stack ?? e.message }, 500) } })',
      'stack',
    ],
    [
      'export const handler = async () => { try { await f() } catch (e) {\n return { statusCode: 500,\n body: JSON.stringify({ stack: e.stack }) } } }',
      'stack@3',
    ],
    [
      'import { GraphQLError } from "graphql"; function f() { try { g() } catch (e) { throw new GraphQLError("failed", { extensions: { code: "X", stack: e.stack } }) } }',
      'stack',
    ],
    ['http.createServer((q, s) => { try { f() } catch (e) { s.write(`<pre>${e.stack}</pre>`) } })', 'stack'],
    [handler('res.send(err.stack.split("\\n"))'), 'stack'],
    ['function fail(res: ServerResponse, error: Error) { res.end(error.stack) }', 'stack'],
    [
      handler('if (err instanceof ValidationError) return res.status(400).json({ stack: err.stack }); next(err)'),
      'stack',
    ],
    [handler('if (req.query.id) { res.send(err.stack) }'), 'stack'],
  ],
}

const request = 'app.get("/x", (req, res) => { try { f() } catch (err) { '

/** Code and what its suggestion makes of it. */
export const noStackInResponseSuggestions: readonly (readonly [string, string])[] = [
  [
    `${request}res.status(500).json({ message: err.message, stack: err.stack }) } })`,
    `${request}res.status(500).json({ error: 'internal_error', requestId: req.id }) } })`,
  ],
  [
    'export async function GET() { try { await f() } catch (e) { return new Response(e.stack, { status: 500 }) } }',
    "export async function GET() { try { await f() } catch (e) { return new Response(JSON.stringify({ error: 'internal_error' }), { status: 500 }) } }",
  ],
]
