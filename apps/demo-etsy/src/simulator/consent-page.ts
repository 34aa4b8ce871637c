import { redirect, type ResponseAnswer, respond } from '@holdfast/fault-server'

const everyScope = [
  'address_r',
  'address_w',
  'email_r',
  'listings_r',
  'listings_w',
  'listings_d',
  'profile_r',
  'profile_w',
]
/** The scopes that exist since 2026-08-17. */
export const knownScopes: readonly string[] = [...everyScope, 'shops_r', 'shops_w', 'transactions_r', 'transactions_w']

/** What an app asks for on the consent page. */
export interface ConsentRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string
  readonly challenge: string
}

/** Reads the query of the authorize URL; a text names the first thing that is wrong. */
export function readConsentRequest(query: URLSearchParams, keystring: string): ConsentRequest | string {
  const needed = [
    'response_type',
    'client_id',
    'redirect_uri',
    'scope',
    'state',
    'code_challenge',
    'code_challenge_method',
  ]
  const missing = needed.find((name) => (query.get(name) ?? '') === '')
  if (missing !== undefined) return `The parameter ${missing} is missing.`
  const value = (name: string): string => query.get(name) ?? ''
  if (value('response_type') !== 'code') return 'response_type must be "code".'
  if (value('client_id') !== keystring) return 'client_id is not the keystring of a known app.'
  if (value('code_challenge_method') !== 'S256') return 'code_challenge_method must be "S256".'
  if (!/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])/.test(value('redirect_uri'))) {
    return 'redirect_uri must be https, or http on this machine.'
  }
  const scopes = value('scope').split(' ')
  const unknown = scopes.find((scope) => !knownScopes.includes(scope))
  if (unknown !== undefined) return `There is no scope "${unknown}".`
  const [clientId, redirectUri, state] = [value('client_id'), value('redirect_uri'), value('state')]
  return { clientId, redirectUri, scopes, state, challenge: value('code_challenge') }
}

/** The page on which the seller allows or denies. */
export function consentPage(request: ConsentRequest, query: string): ResponseAnswer {
  const scopes = request.scopes.map((scope) => `<li><code>${escapeHtml(scope)}</code></li>`).join('')
  return htmlPage(
    200,
    'Allow access to the simulated shop?',
    `<p>The app <code>${escapeHtml(request.clientId)}</code> asks for:</p><ul>${scopes}</ul>
<form method="post" action="/oauth/connect?${escapeHtml(query)}">
<button name="decision" value="allow">Allow access</button> <button name="decision" value="deny">Deny</button></form>
<p>This is a simulator. No Etsy account is involved.</p>`,
  )
}

/** Back to the app, with the code or with the refusal. */
export function backToApp(request: ConsentRequest, result: Readonly<Record<string, string>>): ResponseAnswer {
  const url = new URL(request.redirectUri)
  for (const [name, value] of Object.entries({ ...result, state: request.state })) url.searchParams.set(name, value)
  return redirect(url.href, 303)
}

/** A page of the simulator. */
export function htmlPage(status: number, title: string, body: string): ResponseAnswer {
  const style =
    'body{font:16px/1.5 system-ui;max-width:34rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}button{font:inherit;padding:.5rem 1rem}'
  return respond(status, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title><style>${style}</style><main><h1>${title}</h1>${body}</main></html>`,
  })
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
