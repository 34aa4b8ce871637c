import type { RuleCases } from '../../testing/rule-cases.ts'

export const requireErrorCauseCases: RuleCases = {
  valid: [
    'try { f() } catch (e) { throw new AppError("x", { cause: e }) }',
    'class AppError extends Error { constructor({ message, cause }) { super(message, { cause }) } }\ntry { f() } catch (e) { throw new AppError({ cause: e }) }',
    'new Promise((resolve, reject) => { p.catch((e) => reject(new Error("x", { cause: e }))) })',
    'try { f() } catch (e) { throw e }',
    'p.catch((e) => { throw new A("x", { cause: e }) })',
    'try { f() } catch (e) { e.message = "ctx: " + e.message; throw e }',
    // The error goes in whole, whatever the parameter is called.
    'try { f() } catch (e) { throw new AppError("x", e) }',
    'try { f() } catch (e) { throw new AbortError(e) }',
    'try { f() } catch (e) { throw new AppError("x", { originalError: e }) }',
    'try { f() } catch (e) { throw new AggregateError([e, other], "x") }',
    'try { f() } catch (e) { const cause = e instanceof Error ? e : new Error(String(e)); throw new AppError("x", cause) }',
    'try { f() } catch (e) { throw new AppError("x", e.cause) }',
    // Something was made of it that may keep it.
    'try { f() } catch (e) { throw new AppError("x", toProblem(e)) }',
    'try { f() } catch (e) { throw AppError.from(e) }',
    'try { f() } catch (e) { throw createError(500) }',
    'try { f() } catch (e) { throw new Error("x", options) }',
    'try { f() } catch (e) { throw new AppError(...parts) }',
    'try { f() } catch (e) { throw Object.assign(new Error("x"), { cause: e }) }',
    'const errors = []; try { f() } catch (e) { errors.push(e); throw new AggregateError(errors, "x") }',
    // Completed after it was made.
    'try { f() } catch (e) { const failure = new AppError("x"); failure.cause = e; throw failure }',
    'try { f() } catch (e) { const failure = new AppError("x"); failure.detail = e; throw failure }',
    'try { f() } catch (e) { const failure = new AppError("x"); attach(failure, e); throw failure }',
    // Somebody decided to stop.
    'try { f() } catch (e) { if (await ask()) throw new CancelledError(); throw e }',
    // Not thrown by the handler itself.
    'try { f() } catch (e) { log(e); setTimeout(() => { throw new Error("x") }, 1) }',
    'if (!id) throw new AppError("x")',
    'const failure = new AppError("x"); try { f() } catch (e) { throw failure }',
    'p.then(() => { throw new AppError("x") })',
    'try { f() } catch (e) { throw new Response("gone", { status: 404 }) }',
    // A probe whose answer is all that was asked for.
    'function check(s) { try { new URL(s) } catch { throw new TypeError("no URL: " + s) } }',
    'async function check(p) { try { await fs.access(p) } catch { throw new Error(`${p} does not exist`) } }',
    'const jiti = await import("jiti").catch(() => { throw new Error("install jiti") })',
    { code: 'try { f() } catch (e) { throw new Error("x") }', options: { delegate: true } },
    { code: 'try { f() } catch (e) { throw new Error("x") }', filename: 'src/a.test.ts' },
  ],
  invalid: [
    ['try { f() } catch (e) { throw new AppError("x") }', 'lost'],
    ['async function g() { try { await f() } catch { throw new Error("x") } }', 'lost'],
    ['p.catch((e) => { throw new Error(e.message) })', 'lost'],
    ['new Promise((resolve, reject) => { p.catch((e) => reject(new Error("x: " + e.message))) })', 'lost'],
    ['try { f() } catch ({ message }) { throw new Error(message) }', 'lost'],
    ['try { f() } catch (e) { throw new AppError(`x ${e}`) }', 'lost'],
    ['try { f() } catch (e) { throw Error("x") }', 'lost'],
    ['try { f() } catch (e) { throw new Error(e) }', 'lost'],
    // A second argument of a built-in error that is no options object.
    ['try { f() } catch (e) { throw new Error("x", e) }', 'lost'],
    ['try { f() } catch (e) { throw new TypeError("x", { code: e.code }) }', 'lost'],
    [
      'const read = () => new Promise((resolve, reject) => { stream.on("error", (err) => reject(new Error("x"))) })',
      'lost',
    ],
    ['p.catch(() => { throw new HttpException("x", 502) })', 'lost'],
    ['p.then(show, (e) => Promise.reject(new AppError(String(e))))', 'lost'],
    ['try { f() } catch (e) { throw new AppError(formatError(e)) }', 'lost'],
    ['try { f() } catch (e) { throw new ApiError(e.response.status, e.message) }', 'lost'],
    [
      'try { f() } catch (e) { const message = e instanceof Error ? e.message : String(e); throw new AppError(message) }',
      'lost',
    ],
    [
      'try { f() } catch (e) {\n const clone = new AppError(e.message);\n Error.captureStackTrace(clone); throw clone }',
      'lost@2',
    ],
    // The constructor drops what it is given.
    [
      'class AppError extends Error { constructor(message) { super(message) } }\ntry { f() } catch (e) { throw new AppError("x", { cause: e }) }',
      'ignored@2',
    ],
    ['try { f() } catch (e) { log.error(e)\nthrow new Error("x") }', 'lost@2'],
    [{ code: 'try { f() } catch (e) { throw new AppError("x") }', options: { delegate: true } }, 'lost'],
    [
      {
        code: 'new Promise((resolve, reject) => { p.catch((e) => reject(new Error("x"))) })',
        options: { delegate: true },
      },
      'lost',
    ],
  ],
}

/** Code and what its suggestion makes of it. */
export const requireErrorCauseSuggestions: readonly (readonly [string, ...string[]])[] = [
  ['try { f() } catch (e) { throw new Error("x") }', 'try { f() } catch (e) { throw new Error("x", { cause: e }) }'],
  ['try { f() } catch (e) { throw new Error() }', 'try { f() } catch (e) { throw new Error(undefined, { cause: e }) }'],
  [
    'async function g() { try { await f() } catch { throw new Error("x") } }',
    'async function g() { try { await f() } catch (error) { throw new Error("x", { cause: error }) } }',
  ],
  [
    'try { f() } catch (e) { throw new AppError("x", { code: 1 }) }',
    'try { f() } catch (e) { throw new AppError("x", { cause: e, code: 1 }) }',
  ],
  [
    'try { f() } catch (cause) { throw new AppError({}) }',
    'try { f() } catch (cause) { throw new AppError({ cause }) }',
  ],
  [
    'class AppError extends Error { constructor(message, code, cause) { super(message, { cause }) } }\ntry { f() } catch (e) { throw new AppError("x") }',
    'class AppError extends Error { constructor(message, code, cause) { super(message, { cause }) } }\ntry { f() } catch (e) { throw new AppError("x", undefined, e) }',
  ],
  [
    'class AppError extends Error {}\np.catch((e) => { throw new AppError(e.message) })',
    'class AppError extends Error {}\np.catch((e) => { throw new AppError(e.message, { cause: e }) })',
  ],
  // Nothing is known of where this class takes a cause.
  ['try { f() } catch (e) { throw new ApiError(404, "x") }'],
  ['try { f() } catch ({ message }) { throw new Error(message) }'],
]
