import { redactUrl, scrubText } from '@holdfast/core/logging'

const LONGEST_LABEL = 200

/** A key or name as it may be shown: a URL without user, query and tokens, anything else without what looks like a secret. */
export const shownLabel = (name: string): string =>
  (/^[a-z][a-z\d+.-]*:\/\//i.test(name) ? redactUrl(name) : scrubText(name)).slice(0, LONGEST_LABEL)

/** A text of several lines as it may be shown; each line is bounded on its own. */
export const shownLines = (text: string, mostLines: number): string => {
  const lines = text.split('\n')
  const kept = lines.slice(0, mostLines).map((line) => scrubText(line).slice(0, 500))
  if (lines.length > mostLines) kept.push(`… ${lines.length - mostLines} more`)
  return kept.join('\n')
}
