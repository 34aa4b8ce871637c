import { json, type ReceivedRequest, type ResponseAnswer } from '@holdfast/fault-server'
import { errorAnswer } from './error-answers.ts'
import type { Grants } from './grants.ts'
import type { Operation } from './operation.ts'

/** Key and secret of the simulated app. */
export interface AppCredentials {
  readonly keystring: string
  readonly sharedSecret: string
}

/** The refusal of a request whose key is wrong: 403, as seen since the rule of 2026-02-09. */
export function refuseKey(request: ReceivedRequest, app: AppCredentials): ResponseAnswer | undefined {
  const given = request.headers['x-api-key']
  if (given === undefined) return errorAnswer(403, 'Missing x-api-key header.')
  const [keystring, secret, ...rest] = given.split(':')
  if (secret === undefined) return errorAnswer(403, 'Shared secret is required in x-api-key header.')
  if (rest.length > 0 || secret === '') {
    return errorAnswer(403, "Invalid API key: should be in the format 'keystring:shared_secret'.")
  }
  if (keystring === app.keystring && secret === app.sharedSecret) return undefined
  return errorAnswer(403, 'API key not found or not active, or incorrect shared secret for API key.')
}

/** The refusal of a request whose token is missing, expired or lacks a scope. */
export function refuseToken(
  request: ReceivedRequest,
  operation: Operation,
  grants: Grants,
): ResponseAnswer | undefined {
  if (operation.scopes.length === 0) return undefined
  const token = /^Bearer (\d+\.\S+)$/.exec(request.headers['authorization'] ?? '')?.[1]
  if (token === undefined)
    return json({ error: 'invalid_token', error_description: 'access token is missing' }, { status: 401 })
  const verdict = grants.check(token)
  if (!verdict.isGood) return json({ error: 'invalid_token', error_description: verdict.reason }, { status: 401 })
  const lacks = operation.scopes.some((scope) => !verdict.scopes.includes(scope))
  return lacks
    ? json({ error: 'insufficient_scope', error_description: 'Insufficient scope' }, { status: 403 })
    : undefined
}
