import { json, type ReceivedRequest, type ResponseAnswer } from '@holdfast/fault-server'
import { backToApp, consentPage, htmlPage, readConsentRequest } from './consent-page.ts'
import type { Grants } from './grants.ts'

/** Path of the token endpoint. */
export const tokenPath = '/v3/public/oauth/token'

/** The consent page, and what its buttons do. */
export async function authorize(request: ReceivedRequest, grants: Grants, keystring: string): Promise<ResponseAnswer> {
  const asked = readConsentRequest(request.query, keystring)
  if (typeof asked === 'string') return htmlPage(400, 'This link is not right', `<p>${asked}</p>`)
  if (request.method === 'GET') return consentPage(asked, request.query.toString())
  const decision = new URLSearchParams(await request.text()).get('decision')
  if (decision !== 'allow')
    return backToApp(asked, { error: 'access_denied', error_description: 'The user denied access' })
  return backToApp(asked, { code: grants.consent(asked.challenge, asked.redirectUri, asked.scopes) })
}

/** Codes and refresh tokens for tokens; asks for no `x-api-key`. */
export async function issueTokens(
  request: ReceivedRequest,
  grants: Grants,
  keystring: string,
): Promise<ResponseAnswer> {
  const form = new URLSearchParams(await request.text())
  const value = (name: string): string => form.get(name) ?? ''
  if (value('client_id') !== keystring) {
    return json({ error: 'invalid_client', error_description: 'client_id is unknown' }, { status: 401 })
  }
  const issued =
    value('grant_type') === 'refresh_token'
      ? grants.refresh(value('refresh_token'))
      : value('grant_type') === 'authorization_code'
        ? grants.exchangeCode(value('code'), value('code_verifier'), value('redirect_uri'))
        : { error: 'unsupported_grant_type', error_description: 'grant_type is not supported' }
  return json(issued, { status: 'error' in issued ? 400 : 200, headers: { 'cache-control': 'no-store' } })
}
