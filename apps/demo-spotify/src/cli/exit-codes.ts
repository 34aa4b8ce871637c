import { isServiceError } from '@holdfast/core/service-errors'

/** What a scheduler outside reads; `doctor` has codes of its own from 11 on. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done in part; the next run fills the holes by itself. */
  partial: 3,
  /** A person has to do something first. */
  person: 4,
} as const

/** The exit code of an error. */
export const exitCodeFor = (error: unknown): number => {
  if (!isServiceError(error)) return EXIT.failed
  if (error.code === 'rate-limited' || error.code === 'quota-exceeded') return EXIT.partial
  const needsPerson = error.category === 'fatal' || error.code === 'authorization' || error.code === 'authentication'
  return needsPerson ? EXIT.person : EXIT.failed
}
