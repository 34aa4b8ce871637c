import type { RuleCases } from '../../testing/rule-cases.ts'

export const noSecretInLogCases: RuleCases = {
  valid: [
    'log.info({ tokenCount })',
    'const headers = { authorization: token }; log.info({ headers: { ...headers, authorization: "[redacted]" } })',
    'log.info({ token: mask(token) })',
    'import pino from "pino"; const log = pino({ redact: ["req.headers.authorization"] }); app.get("/", (req, res) => { log.info({ headers: req.headers }) })',
    'try { f() } catch (err) { const { message, code } = err; log.error({ err: { message, code } }) }',
    'log.debug({ headers: pick(h, ["etag"]) })',
    'log.info({ passwordResetId })',
    // Words after the secret make it something else.
    'log.info({ tokenLength, secretId, cookieName, passwordField, tokenUrl, tokenExpiresAt, apiKeyId, tokenUsage })',
    'log.info(`waiting for ${tokenEndpoint}`, passwordPolicy, authorizationUrl, cookieOptions)',
    // Whether there is one.
    'log.info({ hasToken, isPasswordSet, token: !!token, password: password ? "set" : "missing" })',
    'log.info(`token: ${token ? "yes" : "no"}`, Boolean(password), typeof secret, token === other)',
    'log.info("the token is missing", token && "set", requirePassword, maskedToken)',
    // Parts of it, and what functions make of it.
    'log.info({ token: token.slice(0, 4) })',
    'log.info(`key ${redact(apiKey)}`)',
    'log.info({ password: "***", secret: undefined })',
    'const shownToken = maskToken(token); const token2 = shownToken; log.info({ token: shownToken, token2 })',
    'log.info({ token: safeToken, password: hashedPassword })',
    // Tokens that open nothing.
    'function next(token) { if (token.type === "comma") log.debug(token) }',
    'log.debug({ nextPageToken, cancellationToken, inputTokens: usage.inputTokens, tokens, maxTokens })',
    'const TOKEN = "CONFIG"; log.info(TOKEN)',
    'import { AUTH_TOKEN } from "./tokens"; log.info(AUTH_TOKEN)',
    'log.warn(`bad scheme ${AuthType.Token}`, errors.password, messages.token)',
    'function f(token: boolean) { log.info({ token }) }',
    // Headers and objects of which nothing bad is known.
    'function parse(headers) { log.info(headers.length, { headers }) }',
    'const headers = { accept: "text/html", etag }; log.info({ headers })',
    'log.info({ headers: response.headers })',
    'log.info({ config, req: { id: req.id, url: req.url } })',
    'function handle(request) { log.info({ request }) }',
    'log.info(process.env.NODE_ENV, process.env.TOKEN_URL)',
    'import axios from "axios"; try { await axios.get(u) } catch (err) { log.error({ err }, "failed") }',
    'log.info(JSON.stringify(user, ["id", "name"]))',
    // The console is the user interface of a command and belongs to the user of a page.
    '#!/usr/bin/env node\nconsole.log(token)',
    { code: 'export const A = () => { console.log(token); return <p /> }', filename: 'src/a.tsx' },
    { code: 'console.log(token)', filename: 'src/a.test.ts' },
    { code: 'console.log({ deviceToken })', options: { allow: ['deviceToken'] } },
    { code: 'const token = clean(raw); console.log(token)', options: { redactors: ['clean'] } },
  ],
  invalid: [
    ['console.log(token)', 'secret'],
    [
      'const headers = { authorization: token }; log.info({ headers: { authorization: "[redacted]", ...headers } })',
      'secret',
    ],
    ['log.info({ headers: req.headers })', 'secret'],
    ['log.debug(`key ${apiKey}`)', 'secret'],
    ['import axios from "axios"; axios.get(u).catch((axiosErr) => { logger.error(axiosErr.config) })', 'secret'],
    ['log.info(process.env)', 'secret'],
    ['log.info({ body: { password } })', 'secret'],
    ['log.info("auth " + req.headers.authorization)', 'secret'],
    ['log.info({ ...process.env })', 'secret'],
    ['log.info(JSON.stringify({ user, clientSecret }))', 'secret'],
    ['log.info("key", process.env.STRIPE_API_KEY, config.db.password)', 'secret', 'secret'],
    ['const text = `Bearer ${accessToken}`; log.debug(text)', 'secret'],
    ['const headers = { Authorization: `Bearer ${t}`, accept: "*/*" }\nlog.debug({ headers })', 'secret@2'],
    ['log.info({ cookie: req.get("cookie") })', 'secret'],
    ['axios.interceptors.request.use((config) => { console.log(config); return config })', 'secret'],
    ['app.get("/", (req, res) => { console.log("request", req) })', 'secret'],
    ['try { await f() } catch (error) { if (axios.isAxiosError(error)) logger.error({ error }, "failed") }', 'secret'],
    ['function f(err: AxiosError) { log.error(err.response.config) }', 'secret'],
    // A logger redacts fields, not text.
    ['import pino from "pino"; const log = pino({ redact: ["token"] }); log.info(`with ${token}`)', 'secret'],
    ['const token = await login(); log.info(\n  token ?? "none")', 'secret@2'],
    [{ code: 'log.info({ pin })', options: { names: ['pin'] } }, 'secret'],
    ['log.info({ token: value })', 'secret'],
  ],
}

/** Code and what its suggestion makes of it. */
export const noSecretInLogSuggestions: readonly (readonly [string, string])[] = [
  ['log.info({ token })', 'log.info({ token: redact(token) })'],
  ['log.debug(`key ${config.apiKey}`)', 'log.debug(`key ${redact(config.apiKey)}`)'],
  ['log.info({ headers: req.headers })', 'log.info({ headers: redact(req.headers) })'],
]
