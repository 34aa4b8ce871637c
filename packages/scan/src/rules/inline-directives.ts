import type { SourceComment } from '@holdfast/analysis'
import { LineIndex } from '../files/line-index.ts'

interface Range {
  /** Undefined: every rule. */
  readonly rules: ReadonlySet<string> | undefined
  readonly from: { readonly line: number; readonly column: number }
  /** Undefined: to the end of the file. */
  to?: { readonly line: number; readonly column: number }
}

/** Whether a comment of ESLint's kind (`eslint-disable-next-line holdfast/x -- reason`) excuses a place. */
export function inlineDirectives(
  comments: readonly SourceComment[],
  text: string,
): (rule: string, line: number, column: number) => boolean {
  if (!text.includes('eslint-disable')) return () => false
  const lines = new LineIndex(text)
  const ranges: Range[] = []
  for (const comment of comments) {
    const [, kind, list = ''] =
      /^\s*eslint-(disable-next-line|disable-line|disable|enable)(?:\s+([\s\S]*?))?\s*(?:\s-{2,}\s[\s\S]*)?$/.exec(
        comment.value,
      ) ?? []
    if (kind === undefined) continue
    const names = list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
    const rules = names.length === 0 ? undefined : new Set(names)
    const start = lines.at(comment.range[0])
    const end = lines.at(comment.range[1])
    if (kind === 'disable-line') ranges.push(wholeLine(start.line, rules))
    if (kind === 'disable-next-line') ranges.push(wholeLine(end.line + 1, rules))
    if (comment.type !== 'Block') continue
    if (kind === 'disable') ranges.push({ rules, from: start })
    if (kind === 'enable') endRanges(ranges, rules, start)
  }
  return (rule, line, column) =>
    ranges.some(
      ({ rules, from, to }) =>
        (!rules || rules.has(`holdfast/${rule}`)) &&
        isAfter({ line, column }, from) &&
        (!to || isAfter(to, { line, column })),
    )
}

function wholeLine(line: number, rules: Range['rules']): Range {
  return { rules, from: { line, column: 1 }, to: { line, column: Infinity } }
}

function endRanges(ranges: Range[], rules: Range['rules'], at: Range['from']): void {
  for (const range of ranges) {
    if (range.to) continue
    const covers = !rules || (range.rules && [...range.rules].every((name) => rules.has(name)))
    if (covers) range.to = at
  }
}

function isAfter(later: Range['from'], earlier: Range['from']): boolean {
  return later.line > earlier.line || (later.line === earlier.line && later.column >= earlier.column)
}
