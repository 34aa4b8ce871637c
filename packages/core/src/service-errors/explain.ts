import { scrubText } from '../logging/scrub-text.ts'
import { toServiceError } from './to-service-error.ts'
import { ValidationError, type ValidationIssue } from './kinds.ts'
import type { ServiceError, ServiceErrorCode } from './service-error.ts'

/** A failure for the person in front of the screen: three short sentences without technical words. */
export interface UserMessage {
  /** What happened. */
  readonly what: string
  /** Why it matters, or whose doing it is. */
  readonly why: string
  /** What to do now. */
  readonly todo: string
}

/** The application's own words by code, such as a translation; what it leaves out keeps the default. */
export type MessageCatalogue = Readonly<
  Partial<Record<ServiceErrorCode, (error: ServiceError, service: string) => UserMessage>>
>

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

const amount = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

/** A wait in words that a person would use: rounded up, in the largest fitting unit. */
export const waitInWords = (waitMs: number): string => {
  if (waitMs < MINUTE_MS) return amount(Math.max(1, Math.ceil(waitMs / 1_000)), 'second')
  if (waitMs < 2 * HOUR_MS) return amount(Math.ceil(waitMs / MINUTE_MS), 'minute')
  return amount(Math.ceil(waitMs / HOUR_MS), 'hour')
}

const later = ({ retryAfterMs }: ServiceError): string =>
  retryAfterMs === undefined
    ? 'Please try again in a few minutes.'
    : `Please try again in ${waitInWords(retryAfterMs)}.`

const issueLine = ({ path, message }: ValidationIssue): string =>
  scrubText(path.length === 0 ? message : `${path.join(' / ')}: ${message}`)

const MOST_SHOWN_ISSUES = 5

const correct = (error: ServiceError): string => {
  const issues = error instanceof ValidationError ? error.issues : []
  if (issues.length === 0) return 'Please check what you entered.'
  const more = issues.length > MOST_SHOWN_ISSUES ? `; and ${issues.length - MOST_SHOWN_ISSUES} more` : ''
  return `Please correct: ${issues.slice(0, MOST_SHOWN_ISSUES).map(issueLine).join('; ')}${more}.`
}

type Words = (error: ServiceError, service: string) => UserMessage

const DEFAULTS: Readonly<Record<ServiceErrorCode, Words>> = {
  'network-timeout': (error, service) => ({
    what: `${service} took too long to answer.`,
    why: 'It may be busy; nothing is wrong with what you entered.',
    todo: later(error),
  }),
  'service-unavailable': (error, service) => ({
    what: `${service} cannot be reached at the moment.`,
    why: 'The trouble is on its side; your data is safe here.',
    todo: later(error),
  }),
  'rate-limited': (error, service) => ({
    what: `${service} is receiving too many requests from us.`,
    why: 'It asks everybody to slow down from time to time.',
    todo: later(error),
  }),
  'quota-exceeded': (error, service) => ({
    what: `The number of requests to ${service} for this period is used up.`,
    why: 'It allows a fixed number and then waits for the next period.',
    todo: error.retryAfterMs === undefined ? 'Please try again tomorrow.' : later(error),
  }),
  validation: (error, service) => ({
    what: `${service} did not accept the data.`,
    why: 'Something in it is missing or not allowed.',
    todo: correct(error),
  }),
  'not-found': (_error, service) => ({
    what: `${service} does not have what you asked for.`,
    why: 'It may have been removed, or the link is old.',
    todo: 'Please check the link, or go back and choose again.',
  }),
  conflict: (_error, service) => ({
    what: 'Somebody changed this meanwhile.',
    why: `Saving now would overwrite the newer version at ${service}.`,
    todo: 'Please reload, look at the change and save again.',
  }),
  authentication: (_error, service) => ({
    what: `The connection to ${service} is no longer valid.`,
    why: 'Access ends after a while or when it is taken back.',
    todo: `Please connect to ${service} again.`,
  }),
  authorization: (_error, service) => ({
    what: `${service} does not allow this.`,
    why: 'The access you gave does not cover it.',
    todo: `Please connect to ${service} again and allow what it asks for, or ask an administrator.`,
  }),
  'cache-miss': (error) => ({
    what: 'No saved copy is available.',
    why: 'This has not been loaded before, so there is nothing to show meanwhile.',
    todo: later(error),
  }),
  'non-critical': (_error, service) => ({
    what: `A part that comes from ${service} is missing.`,
    why: 'Everything else works as usual.',
    todo: 'You need not do anything; it will come back by itself.',
  }),
  'missing-config': () => ({
    what: 'This part is not set up.',
    why: 'A setting that it needs is missing.',
    todo: 'Please tell the person who runs this application.',
  }),
  'corrupt-state': () => ({
    what: 'Saved data cannot be read.',
    why: 'We stopped before making it worse.',
    todo: 'Please tell the person who runs this application.',
  }),
  'unknown-outcome': (_error, service) => ({
    what: `We do not know whether ${service} finished this.`,
    why: 'Its answer was lost on the way, so doing it again might do it twice.',
    todo: 'Please look whether it is there before you try again.',
  }),
  cancelled: () => ({
    what: 'This was stopped before it finished.',
    why: 'You or the program called it off.',
    todo: 'Start it again if you still need it.',
  }),
  unexpected: () => ({
    what: 'Something went wrong on our side.',
    why: 'It is not your doing, and it was recorded.',
    todo: 'Please try again; if it stays, contact support.',
  }),
}

const nameFor = (upstream: string | undefined): string =>
  upstream === undefined ? 'The service' : upstream.charAt(0).toUpperCase() + upstream.slice(1)

/**
 * What to tell a person: what happened, why it matters, what to do. Nothing technical and nothing of the upstream's own
 * words is in it, but for the issues of a validation error.
 *
 * @param failure - Anything; what is no service error is made one first.
 * @param catalogue - The application's own words by code.
 */
export const explainToUser = (failure: unknown, catalogue: MessageCatalogue = {}): UserMessage => {
  const error = toServiceError(failure)
  const words = catalogue[error.code] ?? DEFAULTS[error.code]
  return words(error, nameFor(error.upstream))
}
