import { existsSync } from 'node:fs'
import { isServiceError } from '@holdfast/core/service-errors'
import { databasePath, type Settings } from '../app/settings.ts'
import { SpotifyClient, spotifyPolicy, type PauseStore } from '../client/index.ts'
import { explain } from '../messages/explain.ts'
import type { SpotifyTokens } from '../oauth/index.ts'
import { openStore } from '../store/index.ts'
import { bad, good, type Finding } from './findings.ts'

const LONGEST_MS = 10_000
const LONGEST_SKEW_MS = 60_000
const SLOW_MS = 2_000

const NO_NETWORK = {
  what: 'Spotify cannot be reached.',
  why: 'This machine has no connection to the internet, or something between blocks it.',
  todo: 'Check the connection and a proxy or firewall, then run the command "doctor" again.',
}

interface Contact {
  readonly findings: readonly Finding[]
  readonly isReached: boolean
}

/** Is anybody there, how fast, and do the clocks agree? Asked without a token. */
const contact = async ({ apiBase }: Settings, now: () => number): Promise<Contact> => {
  const startedMs = performance.now()
  try {
    // One question, and every answer to it is good news.
    // eslint-disable-next-line holdfast/require-response-check, holdfast/require-retry -- a 401 says that somebody is there
    const response = await fetch(`${apiBase}/me`, { signal: AbortSignal.timeout(LONGEST_MS) })
    await response.body?.cancel()
    const tookMs = Math.round(performance.now() - startedMs)
    const findings: Finding[] = []
    const theirsMs = Date.parse(response.headers.get('date') ?? '')
    const skewMs = now() - theirsMs
    if (!Number.isNaN(skewMs)) findings.push(clockFinding(skewMs))
    findings.push(
      tookMs > SLOW_MS
        ? bad(
            'api',
            'reachable',
            { what: `Spotify took ${tookMs} ms.`, why: 'It or the connection is slow.', todo: 'Nothing.' },
            'warning',
          )
        : good('api', 'reachable', `Spotify answers in ${tookMs} ms.`),
    )
    return { findings, isReached: true }
  } catch (error) {
    // Whatever it was, no answer came; which one it was helps who reads the report.
    const why =
      error instanceof Error && error.name === 'TimeoutError' ? 'No answer came within ten seconds.' : NO_NETWORK.why
    return { findings: [bad('api', 'reachable', { ...NO_NETWORK, why })], isReached: false }
  }
}

const clockFinding = (skewMs: number): Finding => {
  if (Math.abs(skewMs) <= LONGEST_SKEW_MS) return good('oauth', 'clock', 'The clock is right.')
  return bad('oauth', 'clock', {
    what: `The clock of this machine is ${Math.round(Math.abs(skewMs) / 60_000)} minutes ${skewMs > 0 ? 'fast' : 'slow'}.`,
    why: 'Tokens are thought to be good or spent when they are not, and snapshots land in the wrong month.',
    todo: 'Turn on the automatic time of the system.',
  })
}

interface StoredPauses {
  readonly pauses: PauseStore
  readonly close: () => void
}

const storedPauses = (settings: Settings): StoredPauses => {
  const none = { pauses: { read: () => undefined, write: () => undefined }, close: () => undefined }
  if (!existsSync(databasePath(settings))) return none
  try {
    const store = openStore(databasePath(settings), { create: false, lockWaitMs: 300 })
    return { pauses: store.limits, close: () => store.close() }
  } catch {
    // What is wrong with the database is found by its own check.
    return none
  }
}

/** Whether Spotify can be reached and lets this person in. */
export const checkApi = async (
  settings: Settings,
  tokens: SpotifyTokens | undefined,
  now: () => number,
): Promise<readonly Finding[]> => {
  const { findings, isReached } = await contact(settings, now)
  if (!isReached || tokens === undefined) return findings
  const { pauses, close } = storedPauses(settings)
  const client = new SpotifyClient({ apiBase: settings.apiBase, tokens, policy: spotifyPolicy(), pauses, now })
  try {
    await client.get('/me', { operation: 'me' })
    return [...findings, good('api', 'access', 'Spotify lets this application in.')]
  } catch (error) {
    const message = explain(error, now())
    // A consent that Spotify ended is a matter of the sign-in.
    const area = isServiceError(error, 'authentication') ? 'oauth' : 'api'
    return [...findings, bad(area, area === 'oauth' ? 'consent' : 'access', message)]
  } finally {
    close()
  }
}
