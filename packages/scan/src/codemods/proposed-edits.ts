import type { ProposedFix } from '../rules/rule-runner.ts'

type Edit = ProposedFix['edits'][number]

/** Applies proposals from the end of the text to its start; of two that overlap the first wins. */
export function applyProposals(text: string, fixes: readonly ProposedFix[]): string {
  const taken: Edit[] = []
  for (const { edits } of fixes)
    if (!edits.some((edit) => taken.some((other) => overlap(edit, other)))) taken.push(...edits)
  return taken
    .sort((first, second) => second.range[0] - first.range[0])
    .reduce(
      (result, { range, text: replacement }) => result.slice(0, range[0]) + replacement + result.slice(range[1]),
      text,
    )
}

function overlap(first: Edit, second: Edit): boolean {
  if (first.range[0] === second.range[0]) return true
  return first.range[0] < second.range[1] && second.range[0] < first.range[1]
}
