import { classifyDatabaseError } from '@holdfast/core/database'
import {
  explainToUser,
  isServiceError,
  toServiceError,
  ValidationError,
  type UserMessage,
} from '@holdfast/core/service-errors'
import { isStoreError } from '@holdfast/stores'
import { refusalOf, type Refusal } from '../client/index.ts'

const DASHBOARD = 'https://developer.spotify.com/dashboard'

/** A time for a person, in the zone of the machine. */
export const clockTime = (atMs: number): string =>
  new Date(atMs).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

const REFUSALS: Readonly<Record<Refusal, (scopes: readonly string[], operation: string) => UserMessage>> = {
  'premium-required': () => ({
    what: 'Spotify does not let this application in.',
    why: 'The owner of the application needs an active Premium subscription since 2026; after subscribing it can take a few hours.',
    todo: `Check the subscription of the account that made the application (${DASHBOARD}), wait a few hours and run it again.`,
  }),
  'not-allow-listed': () => ({
    what: 'Spotify does not know you as a user of this application.',
    why: 'In development mode only the five people on its list may use it.',
    todo: `Open ${DASHBOARD}, choose the application, then "User Management", and add the e-mail address of your Spotify account.`,
  }),
  'missing-scope': (scopes) => ({
    what: 'Your consent does not cover this.',
    why: `Spotify asks for ${scopes.length === 0 ? 'a permission' : scopes.join(' and ')} that was not given.`,
    todo: 'Give consent again: run the command "login", or press "Renew consent" on the status page.',
  }),
  'not-in-this-mode': (_scopes, operation) => ({
    what: `Spotify does not offer ${operation} to this application.`,
    why: 'Many calls were removed for applications in development mode in February 2026.',
    todo: 'Nothing: the rest goes on without it. If everything is refused, run the command "doctor".',
  }),
}

const PROBLEMS: Readonly<Record<string, UserMessage>> = {
  'newer-schema': {
    what: 'The database was written by a newer version of the time machine.',
    why: 'An older program could damage what it does not know.',
    todo: 'Install the newer version again, or start from the copy in the folder "backups" that was made before the change.',
  },
  'wrong-schema': {
    what: 'The file is a database of another program.',
    why: 'The time machine writes only to a database of its own.',
    todo: 'Set TIME_MACHINE_DATA to another folder.',
  },
  integrity: {
    what: 'The database is damaged.',
    why: 'Its integrity check found errors, as after a full disk or a broken copy.',
    todo: 'Put back the newest file of the folder "backups" and run the snapshot again.',
  },
  'real-data': {
    what: 'The folder holds snapshots of your own.',
    why: 'Simulated months would mix with real ones.',
    todo: 'Set TIME_MACHINE_DATA to another folder for the simulation.',
  },
  'other-run': {
    what: 'Another run is at work.',
    why: 'Two at once would ask Spotify for the same twice.',
    todo: 'Wait until it has ended, then run it again.',
  },
  'port-taken': {
    what: 'The port of the page is taken.',
    why: 'Another program, perhaps another time machine, listens on it.',
    todo: 'End the other one, or give another port: serve --port 4700.',
  },
  'no-snapshot': {
    what: 'There is no list of songs for this month.',
    why: 'A playlist is made of the snapshot of its month.',
    todo: 'Run the command "snapshot" first.',
  },
  'playlist-gone': {
    what: 'The playlist of this month is not on Spotify any more.',
    why: 'It was deleted, or it belongs to another account.',
    todo: 'Run the command "playlist sync" again to make it anew; the page does so by itself after six hours.',
  },
  'nothing-to-undo': {
    what: 'There is nothing to undo.',
    why: 'The playlist of this month was not changed by the time machine since the last undo.',
    todo: 'Nothing.',
  },
  'not-as-written': {
    what: 'The playlist does not hold what was written to it.',
    why: 'Spotify confirmed the change and shows something else; somebody else may have changed it at the same time.',
    todo: 'Run the command "playlist sync" again in a minute.',
  },
}

const FULL_PLAYLIST: UserMessage = {
  what: 'The playlist is full.',
  why: 'Spotify keeps about eleven thousand songs in one playlist.',
  todo: 'Delete the playlist in Spotify and run "playlist sync" again: it makes a new one.',
}

const BROKEN_LIMITS: UserMessage = {
  what: 'The file limits.db cannot be used.',
  why: 'It counts the calls of the last half minute for all runs on this machine, and it is damaged, locked or not ours.',
  todo: 'Delete limits.db in the data folder: a new one is made, and nothing of yours is in it.',
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** What a person is told about any failure: what, why, what to do. */
export const explain = (failure: unknown, nowMs = Date.now()): UserMessage => {
  if (isStoreError(failure)) return BROKEN_LIMITS
  const upstream = classifyDatabaseError(failure) === undefined ? 'spotify' : 'database'
  const error = toServiceError(failure, { upstream })
  const problem = PROBLEMS[textOf(error.details['problem']) ?? '']
  if (problem !== undefined) return problem
  if (error instanceof ValidationError && error.details['problem'] === 'settings') {
    return {
      what: 'The settings are not right.',
      why: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      todo: 'Correct them in the environment or in the file .env, then start again.',
    }
  }
  if (error.code === 'missing-config' && error.upstream === 'spotify') {
    return {
      what: 'There are no credentials.',
      why: 'SPOTIFY_CLIENT_ID is not set, so Spotify does not know which application asks.',
      todo: 'Make an application in the dashboard of Spotify (ten steps in the README) and set SPOTIFY_CLIENT_ID.',
    }
  }
  if (error.details['consent'] === 'refused') {
    return {
      what: 'No consent was given.',
      why: 'Spotify sent you back without one, or the page was open for more than ten minutes.',
      todo: 'Start again with the command "login", and press "Agree" on the page of Spotify.',
    }
  }
  if (error.upstream === 'database') return databaseMessage(error.code)
  if (/size limit/i.test(error.upstreamMessage ?? '')) return FULL_PLAYLIST
  const refusal = textOf(error.details['refusal']) as Refusal | undefined
  const scopes = 'missingScopes' in error ? (error.missingScopes as readonly string[]) : []
  const found = refusal ?? refusalOf(error)
  if (found !== undefined && isServiceError(error, 'authorization')) {
    return REFUSALS[found](scopes, error.operation ?? 'this')
  }
  return explainToUser(error, {
    authentication: (found) =>
      found.category === 'transient'
        ? {
            what: 'Signing in to Spotify takes longer than it should.',
            why: 'Another run of the time machine has been renewing the access for a while.',
            todo: 'Run it again in a minute.',
          }
        : {
            what: 'Spotify needs your consent again.',
            why:
              found.details['consent'] === 'never-given'
                ? 'None has been given yet on this machine.'
                : 'A consent lives for six months, and Spotify or you may end it earlier. Your snapshots are safe; this one stays open.',
            todo: 'Run the command "login", or press "Renew consent" on the status page.',
          },
    'rate-limited': (found) => ({
      what: 'Spotify asks us to wait.',
      why: 'It counts the calls of an application within half a minute; calling again earlier makes the wait longer.',
      todo:
        found.retryAfterMs === undefined
          ? 'Nothing: the next run goes on by itself.'
          : `Nothing: the next run goes on by itself after ${clockTime(nowMs + found.retryAfterMs)}.`,
    }),
    'quota-exceeded': (found) => ({
      what: 'The calls that Spotify allows are used up.',
      why: 'The number belongs to your developer account: all your applications share it.',
      todo:
        found.retryAfterMs === undefined
          ? 'Nothing: the next run goes on by itself. Stop other applications of yours that call Spotify.'
          : `Nothing: the next run goes on by itself after ${clockTime(nowMs + found.retryAfterMs)}.`,
    }),
    'unknown-outcome': (found) => ({
      what: `Spotify did not say whether it did what we asked for (${found.operation ?? 'a change'}).`,
      why: 'The answer got lost on its way.',
      todo: 'Run the same command again: it looks first and does nothing twice.',
    }),
    validation: (found) =>
      found.status === undefined
        ? {
            what: 'Spotify sent something that cannot be read.',
            why: 'It was cut off, or its shape has changed.',
            todo: 'Run it again in a few minutes. If it stays so, look for a newer version of the time machine.',
          }
        : {
            what: 'Spotify did not accept the data.',
            why: 'The time machine asked for something in a way that Spotify does not take; this is our mistake.',
            todo: 'Look for a newer version of the time machine.',
          },
  })
}

const databaseMessage = (code: string): UserMessage =>
  code === 'missing-config'
    ? {
        what: 'There is no database yet.',
        why: 'It is made by the first snapshot.',
        todo: 'Run the command "snapshot", or "simulate-years 3" to see how it looks.',
      }
    : {
        what: 'The database is locked by another program.',
        why: 'A backup, a viewer or another run holds it.',
        todo: 'Close the other program and run it again.',
      }

/** Three lines for a terminal. */
export const inLines = ({ what, why, todo }: UserMessage): string => `${what}\n  Why: ${why}\n  What to do: ${todo}`
