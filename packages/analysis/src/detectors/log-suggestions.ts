import { isFlattenedError, isWholeError } from '../errors/error-text.ts'
import type { LogCall } from '../errors/loggers.ts'
import type { Suggestion } from '../model/analysis.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import { calleeName, dottedName, rangeOf, unwrap, type Node } from '../syntax/nodes.ts'

/** What a log call says, taken apart. */
interface LogParts {
  text: string
  error: string | undefined
  readonly fields: Map<string, string>
}

/** The error behind its own text: `e` in `e.message`, `String(e)`, `JSON.stringify(e)` and `e instanceof Error ? e.message : e`. */
function errorIn(file: SourceFile, expression: Node, depth = 0): Node | undefined {
  const node = unwrap(expression)
  if (isWholeError(file, node, true)) return node.type === 'ConditionalExpression' ? unwrap(node.consequent) : node
  if (depth > 3 || !isFlattenedError(file, node, true)) return undefined
  switch (node.type) {
    case 'MemberExpression':
      return errorIn(file, node.object, depth + 1)
    case 'CallExpression': {
      const callee = unwrap(node.callee)
      const subject =
        callee.type === 'MemberExpression' && calleeName(callee) === 'toString' ? callee.object : node.arguments[0]
      return subject && subject.type !== 'SpreadElement' ? errorIn(file, subject, depth + 1) : undefined
    }
    case 'LogicalExpression':
      return errorIn(file, node.left, depth + 1)
    case 'ConditionalExpression':
      return errorIn(file, node.consequent, depth + 1)
    case 'Identifier': {
      const value = definitionOf(file, node)
      return value === node ? undefined : errorIn(file, value, depth + 1)
    }
    default:
      return undefined
  }
}

/** Adds one piece of the text; false when it is too much to move. */
function addPiece(file: SourceFile, parts: LogParts, piece: Node): boolean {
  const node = unwrap(piece)
  if (node.type === 'Literal' && typeof node.value === 'string') {
    parts.text += node.value
    return true
  }
  if (node.type === 'TemplateLiteral') {
    return node.quasis.every((quasi, index) => {
      parts.text += quasi.value.cooked ?? ''
      const value = node.expressions[index]
      return value === undefined || addPiece(file, parts, value)
    })
  }
  if (node.type === 'BinaryExpression' && node.operator === '+')
    return addPiece(file, parts, node.left) && addPiece(file, parts, node.right)
  const error = errorIn(file, node)
  if (error) {
    if (parts.error !== undefined && parts.error !== textOf(file, error)) return false
    parts.error = textOf(file, error)
    return true
  }
  const name = dottedName(node)?.split('.').at(-1)
  if (name === undefined || name === 'this' || parts.fields.has(name)) return false
  parts.fields.set(name, textOf(file, node))
  return true
}

function fieldsOf(parts: LogParts, error: string, errorKey: string): string {
  const entries = [[errorKey, error] as const, ...parts.fields].map(([key, code]) =>
    key === code ? key : `${key}: ${code}`,
  )
  return `{ ${entries.join(', ')} }`
}

/** The same log call with the error as a field, for loggers whose order of arguments is known. */
export function suggestStructuredLog(
  file: SourceFile,
  log: LogCall,
  args: readonly Node[],
  caught: string | undefined,
  errorKey: string,
): readonly Suggestion[] {
  const parts: LogParts = { text: '', error: undefined, fields: new Map() }
  for (const [index, argument] of args.entries()) {
    if (index > 0 && parts.text !== '') parts.text += ' '
    if (!addPiece(file, parts, argument)) return []
  }
  const error = parts.error ?? caught
  if (error === undefined) return []
  const text = parts.text
    .replace(/\s+/g, ' ')
    .replace(/[\s:;,.([-]+$/, '')
    .trim()
  const quoted = `'${(text === '' ? 'failed' : text).replace(/['\\]/g, '\\$&')}'`
  const fields = fieldsOf(parts, error, errorKey)
  const first = args[0]
  const last = args.at(-1)
  if (!first || !last || log.dialect === 'unknown' || log.dialect === 'console') return []
  const given =
    log.dialect === 'winston'
      ? `${quoted}, ${fields}`
      : log.dialect === 'nest'
        ? `${quoted}, ${error}.stack`
        : log.dialect === 'tag-first'
          ? `${quoted}, ${error}`
          : `${fields}, ${quoted}`
  if (log.dialect === 'nest' && parts.fields.size > 0) return []
  return [{ messageId: 'asField', edits: [{ range: [rangeOf(first)[0], rangeOf(last)[1]], text: given }] }]
}
