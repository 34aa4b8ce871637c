import type { FileAnalysis } from '../model/analysis.ts'
import { rangeOf, type Node, type SourceComment } from '../syntax/nodes.ts'
import { firstFrom } from '../syntax/source-order.ts'

export interface ExplanationOptions {
  readonly comments: 'explain' | 'any' | 'never'
  /** Names of catch parameters that say the error is left out on purpose; `_*` stands for every name with that start. */
  readonly allowNames: readonly string[]
}

const DIRECTIVE = /^(eslint|biome|oxlint|prettier|istanbul|c8|v8|@ts-|tslint|noinspection|sonar|noop$)/i

const SPEAKS_OF_FAILURE =
  /\b(fail|error|ignor|optional|best.effort|swallow|silent|unavailable|missing|can't|cannot|couldn't|(may|might|does|do) not|doesn't|don't|if \w+ can\b)/i
/** Above a single call the reason is often given without the word. */
const GIVES_REASON =
  /\b(fire.and.forget|opportunistic|nothing|never|whether|no matter|no longer|harmless|reject|unhandled|skip|redeliver|retry|fall.?back|better|expected|need not|even (if|when|though)|only if)/i

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

/** No statement begins inside a comment, so that those which start before it have ended. */
function endedBefore(comments: readonly SourceComment[], statementStart: number): number {
  return firstFrom(comments, statementStart, ({ range }) => range[0])
}

/** The comments that end where a statement begins, one under the other. */
function commentsAbove({ file: { comments, text } }: FileAnalysis, start: number): readonly SourceComment[] {
  const end = endedBefore(comments, start)
  let first = end
  let at = start
  for (let comment = comments[first - 1]; comment; comment = comments[first - 1]) {
    const [from, to] = comment.range
    if (!/^[ \t]*\n?[ \t]*$/.test(text.slice(to, at))) break
    at = from
    first -= 1
  }
  return comments.slice(first, end)
}

/** The comments in a handler, right before it, and behind it or its statement on the same line. */
function commentsBeside({ file: { comments, text } }: FileAnalysis, handler: Node, statement: Node): SourceComment[] {
  const [start, end] = rangeOf(handler)
  const [statementStart, statementEnd] = rangeOf(statement)
  const isClause = handler.type === 'CatchClause'
  const isBehind = (from: number, offset: number): boolean => from >= offset && !text.slice(offset, from).includes('\n')
  const found: SourceComment[] = []
  for (let index = endedBefore(comments, statementStart); index < comments.length; index += 1) {
    const comment = comments[index] as SourceComment
    const [from, to] = comment.range
    if (from > Math.max(end, statementEnd) && !isBehind(from, Math.max(end, statementEnd))) break
    const isInside = from >= start && to <= end
    // `then(show, /* why */ () => [])`
    const isBefore = !isClause && to <= start && text.slice(to, start).trim() === ''
    if (isInside || isBefore || isBehind(from, end) || (!isClause && isBehind(from, statementEnd))) found.push(comment)
  }
  return found
}

const EMPTY_WORD =
  /^(ignor(e|ed|ing)|no-?op|empty|nothing|none|skip|swallow(ed)?|pass|silent(ly)?|intentional(ly)?|just|do|stay|keep|it|this|any|all|the|errors?|exceptions?|failures?)$/i

/** Whether a comment in the handler says anything: `not supported`, unlike `ignore` or `noop`. */
export function hasWords(analysis: FileAnalysis, handler: Node): boolean {
  return commentsBeside(analysis, handler, handler).some(({ value }) =>
    wordsOf(value).some((word) => !EMPTY_WORD.test(word.replace(/\W+$/, ''))),
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
  const beside = commentsBeside(analysis, handler, statement)
  // What stands above a statement mostly says what it is for.
  const above = commentsAbove(analysis, rangeOf(statement)[0])
  const isCall = handler.type !== 'CatchClause'
  if (above.some(({ value }) => SPEAKS_OF_FAILURE.test(value) || (isCall && GIVES_REASON.test(value))))
    beside.push(...above)
  const enough = options.comments === 'any' || isAllowedName(parameter, options.allowNames) ? 1 : 3
  // Consecutive line comments are one explanation.
  const together = wordsOf(beside.map((comment) => comment.value).join(' ')).length
  return together >= enough || beside.some((comment) => wordsOf(comment.value).length >= enough)
}
