import type { DeadLetter, NewDeadLetter } from './letter.ts'

/** A letter as plain JSON, for queues of others. */
export interface LetterJson extends Omit<NewDeadLetter, 'body'> {
  readonly version: 1
  readonly bodyBase64: string | undefined
}

/** A letter as plain JSON; an encrypted body stays encrypted. */
export const letterToJson = ({ body, ...letter }: NewDeadLetter): LetterJson => ({
  version: 1,
  ...letter,
  bodyBase64: body === undefined ? undefined : Buffer.from(body).toString('base64'),
})

const isLetterJson = (value: unknown): value is LetterJson => {
  if (typeof value !== 'object' || value === null) return false
  const given = value as Partial<Record<keyof LetterJson, unknown>>
  const texts: readonly (keyof LetterJson)[] = ['id', 'upstream', 'origin', 'method', 'path', 'bodyState', 'errorCode']
  return (
    given.version === 1 && texts.every((name) => typeof given[name] === 'string') && typeof given.headers === 'object'
  )
}

/**
 * The letter of a job of another queue, to be given to `sendLetter`.
 *
 * @param deliveries - How often the job has been begun, this time included, from 1.
 * @throws {TypeError} For data that is no letter.
 */
export const letterFromJson = (value: unknown, deliveries: number): DeadLetter => {
  if (!isLetterJson(value)) throw new TypeError('letterFromJson: the data is no letter of letterToJson().')
  const { bodyBase64, version: _version, isProvenUnsent, failedAtMs, keepMs, ...letter } = value
  return {
    ...letter,
    headers: Object.assign(Object.create(null) as Record<string, string>, letter.headers),
    dropped: Array.isArray(letter.dropped) ? letter.dropped : [],
    body: bodyBase64 === undefined ? undefined : new Uint8Array(Buffer.from(bodyBase64, 'base64')),
    seq: 0,
    unsentAtReplay: isProvenUnsent ? 0 : undefined,
    replays: deliveries,
    firstFailedAtMs: failedAtMs,
    lastFailedAtMs: failedAtMs,
    visibleAtMs: failedAtMs,
    status: 'open',
    parkReason: undefined,
    replayedAtMs: undefined,
    replayStatus: undefined,
    expiresAtMs: failedAtMs + keepMs,
  }
}
