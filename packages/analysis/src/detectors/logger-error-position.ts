import { holdsError } from '../errors/caught-errors.ts'
import { isWholeError } from '../errors/error-text.ts'
import { logCallsOf } from '../errors/log-calls.ts'
import type { LogCall } from '../errors/loggers.ts'
import { loggerSourceOf, type LoggerSource } from '../errors/logger-sources.ts'
import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import { keyName, propertyName, rangeOf, unwrap, type Node } from '../syntax/nodes.ts'

/** What an argument is to a logger; `other` may be anything. */
interface Argument {
  readonly node: Node
  readonly kind: 'text' | 'error' | 'fields' | 'other'
  /** Keys of the fields that hold an error. */
  readonly errorKeys: readonly string[]
  readonly placeholders: number
}

function isError(file: SourceFile, node: Node): boolean {
  return holdsError(file, node) || isWholeError(file, node, true)
}

function errorKeysOf(file: SourceFile, object: Node & { type: 'ObjectExpression' }): string[] {
  return object.properties.flatMap((property) => {
    if (property.type !== 'Property' || !isError(file, property.value)) return []
    return propertyName(property) ?? []
  })
}

// The placeholders of quick-format-unescaped (pino) and util.format (bunyan); %% is a percent sign.
function placeholdersIn(text: string): number {
  return (text.replaceAll('%%', '').match(/%[sdifjoOc]/g) ?? []).length
}

function readArgument(file: SourceFile, argument: Node): Argument {
  const node = unwrap(argument)
  const base = { node: argument, errorKeys: [], placeholders: 0 }
  if (isError(file, node)) return { ...base, kind: 'error' }
  const value = definitionOf(file, node)
  switch (value.type) {
    case 'Literal':
      return typeof value.value === 'string'
        ? { ...base, kind: 'text', placeholders: placeholdersIn(value.value) }
        : { ...base, kind: 'other' }
    case 'TemplateLiteral':
      return {
        ...base,
        kind: 'text',
        placeholders: placeholdersIn(value.quasis.map((part) => part.value.raw).join('')),
      }
    case 'BinaryExpression':
      return value.operator === '+'
        ? { ...base, kind: 'text', placeholders: placeholdersIn(textOf(file, value)) }
        : { ...base, kind: 'other' }
    case 'ObjectExpression':
      return { ...base, kind: 'fields', errorKeys: errorKeysOf(file, value) }
    default:
      return { ...base, kind: 'other' }
  }
}

const carriesError = (argument: Argument): boolean => argument.kind === 'error' || argument.errorKeys.length > 0

/** Swaps the two arguments of a call, the error as a field where the library wants one. */
function swap(file: SourceFile, log: LogCall, args: readonly Argument[], dialect: string): Suggestion[] {
  const [first, second] = args
  if (!first || !second || args.length !== 2) return []
  const error = first.kind === 'text' ? second : first
  const text = first.kind === 'text' ? first : second
  const written = textOf(file, error.node)
  const field = error.kind !== 'error' ? written : written === 'err' ? '{ err }' : `{ err: ${written} }`
  const [before, after] = dialect === 'winston' ? [textOf(file, text.node), written] : [field, textOf(file, text.node)]
  const range = [rangeOf(first.node)[0], rangeOf(second.node)[1]] as const
  const replacement = `${before}, ${after}`
  return [
    { messageId: 'swap', data: { text: `${log.logger}.…(${replacement})` }, edits: [{ range, text: replacement }] },
  ]
}

const EXAMPLES = {
  pino: "error({ err }, 'what failed')",
  bunyan: "error(err, 'what failed')",
  winston: "error('what failed', err)",
} as const

/** pino reads `(fields or error, text, ...values for placeholders)`; bunyan does the same and appends what is left as text. */
function judgeFieldsFirst(source: LoggerSource, args: readonly Argument[]): string | undefined {
  if (source.options.has('hooks')) return undefined
  const at = args[0]?.kind === 'text' ? 0 : 1
  const text = args[at]
  if (text?.kind !== 'text' || args.slice(0, at).some((argument) => argument.kind === 'other')) return undefined
  if (args.slice(0, at).some(carriesError)) return undefined
  const left = args.slice(at + 1 + text.placeholders)
  if (!left.some(carriesError)) return undefined
  return source.dialect === 'bunyan' ? 'text' : 'dropped'
}

/** winston reads `(text, fields or error)`; anything after that only feeds placeholders. */
function judgeTextFirst(args: readonly Argument[]): string | undefined {
  const [first, second] = args
  if (!first || !second) return undefined
  if (second.kind === 'text' && carriesError(first)) {
    const object = unwrap(first.node)
    const hasMessage =
      object.type === 'ObjectExpression' &&
      object.properties.some((property) => property.type === 'Property' && keyName(property.key, false) === 'message')
    return hasMessage ? undefined : 'order'
  }
  if (first.kind !== 'text' || first.placeholders > 0) return undefined
  return args.slice(2).some(carriesError) && !carriesError(second) ? 'dropped' : undefined
}

/** A key for which the library has no serializer: `JSON.stringify` makes `{}` of an error. */
function unserializedKey(source: LoggerSource, args: readonly Argument[]): string | undefined {
  const first = args[0]
  if (source.dialect === 'winston' || source.isOpen || first?.kind !== 'fields') return undefined
  const { options } = source
  if (['serializers', 'errorKey', 'formatters', 'hooks', 'child', 'nestedKey'].some((key) => options.has(key)))
    return undefined
  if (source.dialect === 'pino' && first.errorKeys.includes('err')) return undefined
  return first.errorKeys[0]
}

function judge(analysis: FileAnalysis, log: LogCall): Finding | undefined {
  const callee = unwrap(log.node.callee)
  if (callee.type !== 'MemberExpression' || log.node.arguments.length === 0) return undefined
  const source = loggerSourceOf(analysis, callee.object)
  if (!source || log.node.arguments.some((argument) => argument.type === 'SpreadElement')) return undefined
  const { file } = analysis
  const args = log.node.arguments.map((argument) => readArgument(file, argument))
  const messageId = source.dialect === 'winston' ? judgeTextFirst(args) : judgeFieldsFirst(source, args)
  const data = { logger: log.logger, library: source.dialect, example: `${log.logger}.${EXAMPLES[source.dialect]}` }
  if (messageId !== undefined)
    return { node: log.node, messageId, data, suggestions: swap(file, log, args, source.dialect) }
  const key = unserializedKey(source, args)
  return key === undefined ? undefined : { node: log.node, messageId: 'key', data: { ...data, key } }
}

/** Errors given to a logger in a place where its library loses them. */
export function findMisplacedErrors(analysis: FileAnalysis): Finding[] {
  if (analysis.kind.isTest) return []
  return logCallsOf(analysis).flatMap((log) => (log.dialect === 'console' ? [] : (judge(analysis, log) ?? [])))
}
