import type { FileAnalysis } from '../model/analysis.ts'
import { rangeOf, type Node } from '../syntax/nodes.ts'

export interface ExplanationOptions {
  readonly comments: 'explain' | 'any' | 'never'
  /** Names of catch parameters that say the error is left out on purpose; `_*` stands for every name with that start. */
  readonly allowNames: readonly string[]
}

const DIRECTIVE = /^(eslint|biome|oxlint|prettier|istanbul|c8|v8|@ts-|tslint|noinspection|sonar|noop$)/i

const SPEAKS_OF_FAILURE =
  /\b(fail|error|ignor|optional|best.effort|swallow|silent|unavailable|missing|can't|cannot|couldn't|(may|might|does|do) not|doesn't|don't|if \w+ can\b)/i

function wordsOf(text: string): readonly string[] {
  const cleaned = text.replace(/^[\s*/!-]+/, '').trim()
  if (DIRECTIVE.test(cleaned)) return []
  return cleaned.replace(/\b(TODO|FIXME|XXX)\b:?/g, '').match(/[\p{L}\p{N}'’_.-]+/gu) ?? []
}

function isAllowedName(parameter: Node | null | undefined, allowed: readonly string[]): boolean {
  if (parameter?.type !== 'Identifier') return false
  return allowed.some((name) =>
    name.endsWith('*') ? parameter.name.startsWith(name.slice(0, -1)) : parameter.name === name,
  )
}

/** Whether a comment in or beside a handler says why the error may be left out. */
export function isExplained(
  analysis: FileAnalysis,
  handler: Node,
  parameter: Node | null | undefined,
  statement: Node,
  options: ExplanationOptions,
): boolean {
  if (options.comments === 'never') return false
  const [start, end] = rangeOf(handler)
  const [statementStart, statementEnd] = rangeOf(statement)
  const { text } = analysis.file
  const beside = analysis.file.comments.filter((comment) => {
    const [from, to] = comment.range
    if (from >= start && to <= end) return true
    if (from >= end && !text.slice(end, from).includes('\n')) return true
    const isAbove = to <= statementStart && /^[ \t]*\n?[ \t]*$/.test(text.slice(to, statementStart))
    // What stands above a `try` mostly says what it is for.
    if (handler.type === 'CatchClause') return isAbove && SPEAKS_OF_FAILURE.test(comment.value)
    if (from >= statementEnd) return !text.slice(statementEnd, from).includes('\n')
    return isAbove
  })
  const enough = options.comments === 'any' || isAllowedName(parameter, options.allowNames) ? 1 : 3
  // Consecutive line comments are one explanation.
  const together = wordsOf(beside.map((comment) => comment.value).join(' ')).length
  return together >= enough || beside.some((comment) => wordsOf(comment.value).length >= enough)
}
