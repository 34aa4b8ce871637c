import type { UserMessage } from '@holdfast/core/service-errors'
import type { SnapshotReport } from '../snapshot/index.ts'
import { explain } from './explain.ts'

/** What is odd about a list, in words. */
const FLAG_WORDS: Readonly<Record<string, string>> = {
  empty: 'nothing was heard',
  thin: 'only a few entries',
  duplicates: 'Spotify named some twice',
  'missing-images': 'without covers',
  'empty-answer': 'the answer was empty',
}

/** Why a list is not complete and what is odd about it, for a person. */
export const notesOn = ({ reasons, flags }: Pick<SnapshotReport['parts'][number], 'reasons' | 'flags'>): string[] => [
  ...reasons,
  ...flags.map((flag) => FLAG_WORDS[flag] ?? flag),
]

/** What a person is told about a snapshot; undefined when nothing is missing. */
export const explainSnapshot = ({ month, outcome, parts, error }: SnapshotReport): UserMessage | undefined => {
  if (error !== undefined) return explain(error)
  if (outcome === 'complete') return undefined
  const holes = parts.filter(({ status }) => status !== 'complete')
  return {
    what: `The snapshot of ${month} has holes.`,
    why: holes.map(({ part, reasons }) => `${part}: ${reasons.join(', ')}`).join('; '),
    todo: 'Nothing: what came is kept, and the next run asks again for the rest.',
  }
}
