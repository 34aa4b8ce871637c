import { existsSync } from 'node:fs'
import { tokensPath, type Settings } from '../app/settings.ts'
import { redirectProblem, SCOPES, SpotifyTokens, TokenStore, type Consent } from '../oauth/index.ts'
import { accountsPolicy } from '../client/index.ts'
import { bad, good, type Finding } from './findings.ts'

const WARN_DAYS = 14

const NO_CLIENT_ID = {
  what: 'There are no credentials.',
  why: 'SPOTIFY_CLIENT_ID is not set, so Spotify does not know which application asks.',
  todo: 'Make an application in the dashboard of Spotify (ten steps in the README) and set SPOTIFY_CLIENT_ID.',
}

const NO_CONSENT = {
  what: 'Spotify needs your consent.',
  why: 'None is stored on this machine.',
  todo: 'Run the command "login".',
}

const ended = {
  what: 'Your consent has ended.',
  why: 'It lives for six months, and refreshing does not lengthen it.',
  todo: 'Run the command "login", or press "Renew consent" on the status page.',
}

const checkConsent = (consent: Consent): Finding => {
  const missing = SCOPES.filter((scope) => !consent.scopes.includes(scope))
  if (consent.daysLeft === 0) return bad('oauth', 'consent', ended)
  if (missing.length > 0) {
    const why = `It lacks ${missing.join(' and ')}.`
    return bad('oauth', 'consent', {
      what: 'Your consent does not cover everything.',
      why,
      todo: 'Run the command "login".',
    })
  }
  if (consent.daysLeft > WARN_DAYS) return good('oauth', 'consent', `The consent holds for ${consent.daysLeft} days.`)
  const what = `The consent ends in ${consent.daysLeft} days.`
  return bad('oauth', 'consent', { ...ended, what }, 'warning')
}

export interface SignInCheck {
  readonly findings: readonly Finding[]
  /** Undefined when nobody can be signed in. */
  readonly tokens: SpotifyTokens | undefined
  close(): void
}

/** Credentials, redirect address and consent, as far as they can be judged without asking Spotify. */
export const checkSignIn = (settings: Settings, now: () => number): SignInCheck => {
  const { clientId, redirectUri, accountsBase } = settings
  const findings: Finding[] = []
  const problem = redirectProblem(redirectUri)
  findings.push(
    problem === undefined
      ? good('oauth', 'redirect', 'The redirect address keeps the rule.')
      : bad('oauth', 'redirect', {
          what: 'Spotify will not accept the redirect address.',
          why: `SPOTIFY_REDIRECT_URI: ${problem}.`,
          todo: 'Set it to http://127.0.0.1:4699/callback, here and in the dashboard.',
        }),
  )
  findings.push(
    clientId === undefined
      ? bad('oauth', 'credentials', NO_CLIENT_ID)
      : good('oauth', 'credentials', 'A client id is set.'),
  )
  if (clientId === undefined) return { findings, tokens: undefined, close: () => undefined }
  if (!existsSync(tokensPath(settings))) {
    return { findings: [...findings, bad('oauth', 'consent', NO_CONSENT)], tokens: undefined, close: () => undefined }
  }
  const store = new TokenStore(tokensPath(settings))
  const policy = accountsPolicy()
  const tokens = new SpotifyTokens({ tokenUrl: `${accountsBase}/api/token`, clientId, store, policy, now })
  const consent = tokens.consent()
  const found = consent === undefined ? bad('oauth', 'consent', NO_CONSENT) : checkConsent(consent)
  findings.push(found)
  return {
    findings,
    tokens: consent === undefined || consent.daysLeft === 0 ? undefined : tokens,
    close: () => store.close(),
  }
}
