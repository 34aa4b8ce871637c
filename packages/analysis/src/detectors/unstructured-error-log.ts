import { isFlattenedError, isWholeError } from '../errors/error-text.ts'
import { errorSource } from '../errors/error-values.ts'
import { logCallsOf } from '../errors/log-calls.ts'
import { isFailureLevel, type LogCall } from '../errors/loggers.ts'
import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import type { SourceFile } from '../model/source-file.ts'
import { isMainsHandler } from '../model/scripts.ts'
import { definitionOf, originOf } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  enclosingFunction,
  isFunction,
  propertyName,
  rangeOf,
  someNode,
  unwrap,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { handlerAround, rethrows, type Handler } from './log-handler.ts'
import { classifyProtectedCode } from './protected-code.ts'
import { suggestStructuredLog } from './log-suggestions.ts'
import { missesError } from './unsaid-error.ts'

export interface ErrorLogOptions {
  readonly console: 'server' | 'always' | 'never'
  readonly browser: 'ignore' | 'check'
  /** Also reports log objects that keep the stack or other properties of the error, and those of lower levels. */
  readonly requireWholeError: boolean
  readonly errorKey: string
}

/** A command's own output, or a configuration that does not do: the process ends right after the line. */
function exitsAfterwards(node: Node): boolean {
  let current: Node | null | undefined = node
  while (current && current.type !== 'BlockStatement' && !isFunction(current)) current = current.parent
  if (!current) return false
  return someNode(
    current,
    (inner) =>
      (inner.type === 'CallExpression' &&
        dottedName(inner.callee) === 'process.exit' &&
        rangeOf(inner)[0] > rangeOf(node)[0]) ||
      (inner.type === 'AssignmentExpression' && dottedName(inner.left) === 'process.exitCode'),
  )
}

/** `main().catch((error) => { console.error(error) })` in a file that starts no server. */
function isReportOfScript({ file }: FileAnalysis, { node }: LogCall): boolean {
  const handler = enclosingFunction(node)
  return handler !== undefined && isMainsHandler(handler) && file.callsNamed('listen').length === 0
}

/** `socket.on('error', ...)`, which unlike a `catch` also hears of what is no failure of ours. */
function listensTo(call: CallExpression): boolean {
  return /^(on|once)$/.test(calleeName(call.callee) ?? '')
}

/** Where the end of the process may excuse a log: not where a server reduces the error of an operation to text. */
function endsAnyway(analysis: FileAnalysis, log: LogCall, handler: Handler | undefined, finding: Finding): boolean {
  if (log.dialect === 'console' || analysis.kind.isCli || finding.messageId === 'missing') return true
  return handler !== undefined && !classifyProtectedCode(analysis, handler.protectedCode).doesIo
}

/** Log calls that turn an error into text, drop it, or write it to the console of a server. */
export function findUnstructuredErrorLogs(analysis: FileAnalysis, options: ErrorLogOptions): Finding[] {
  const { kind } = analysis
  if (kind.isTest || kind.isOneOff || (kind.environment === 'browser' && options.browser === 'ignore')) return []
  const findings: Finding[] = []
  const silentHandlers = new Set<Node>()
  for (const log of logCallsOf(analysis)) {
    if (log.dialect === 'console' && (kind.isCli || isReportOfScript(analysis, log))) continue
    const handler = handlerAround(log.node)
    const isListener = handler?.protectedCode.type === 'CallExpression' && listensTo(handler.protectedCode)
    if (!isFailureLevel(log.level) && (!handler || (isListener && log.dialect !== 'console'))) continue
    const finding = judge(analysis, log, handler, options)
    if (finding?.messageId === 'missing' && handler) {
      if (silentHandlers.has(handler.body)) continue
      silentHandlers.add(handler.body)
    }
    if (finding && !(endsAnyway(analysis, log, handler, finding) && exitsAfterwards(log.node))) findings.push(finding)
  }
  if (!kind.isCli && options.console !== 'never') findings.push(...consoleHandlers(analysis, options))
  return findings
}

/** `.catch(console.error)` inside a function; at the top of a file it is how a script says that it failed. */
function consoleHandlers(analysis: FileAnalysis, options: ErrorLogOptions): Finding[] {
  const findings: Finding[] = []
  for (const name of ['catch', 'then', 'on', 'once'])
    for (const call of analysis.file.callsNamed(name))
      for (const argument of call.arguments) {
        if (!/^console\.(error|warn|log|info|debug)$/.test(dottedName(argument) ?? '') || !errorSource(argument))
          continue
        if (originOf(analysis.file, argument)?.from !== 'global' || !enclosingFunction(argument)) continue
        findings.push({
          node: argument,
          messageId: 'console',
          data: { example: fieldsFirst('logger', options), logger: 'console' },
        })
      }
  return findings
}

const fieldsFirst = (logger: string, { errorKey }: ErrorLogOptions): string =>
  `${logger}.error({ ${errorKey} }, 'what failed')`

function example(log: LogCall, options: ErrorLogOptions): string {
  if (log.dialect === 'winston') return `${log.logger}.error('what failed', { ${options.errorKey} })`
  if (log.dialect === 'nest') return `${log.logger}.error('what failed', error.stack)`
  return fieldsFirst(log.dialect === 'console' ? 'logger' : log.logger, options)
}

function judge(
  analysis: FileAnalysis,
  log: LogCall,
  handler: Handler | undefined,
  options: ErrorLogOptions,
): Finding | undefined {
  const { file } = analysis
  const args: Node[] = log.node.arguments.map((argument) =>
    argument.type === 'SpreadElement' ? argument.argument : argument,
  )
  const data = { example: example(log, options), logger: log.logger }
  const whole = args.map((argument) => isWholeError(file, argument))
  const fields = args.map((argument) => fieldsOf(analysis, argument))
  const inObject = fields.map((argument) => objectHolds(analysis, argument))
  const caught = handler?.parameter?.type === 'Identifier' ? handler.parameter.name : undefined
  const suggested = (): readonly Suggestion[] => suggestStructuredLog(file, log, args, caught, options.errorKey)
  const carriesWhole = whole.includes(true) || inObject.includes(true)

  if (log.dialect === 'console') {
    const mentions =
      carriesWhole ||
      args.some((argument) => isFlattenedError(file, argument, true) || isWholeError(file, argument, true)) ||
      args.some((argument) => isMadeOfError(file, argument)) ||
      textInFields(analysis, log, fields) !== undefined
    if (mentions) return options.console === 'never' ? undefined : { node: log.node, messageId: 'console', data }
  } else if (carriesWhole) {
    const dropped = dropsError(log, args, whole, inObject)
    return dropped ? { node: log.node, messageId: 'dropped', data, suggestions: suggested() } : undefined
  }
  const stackIsOwnArgument = log.dialect === 'nest' || log.dialect === 'unknown'
  const flattened = args.some((argument, position) => {
    if (stackIsOwnArgument && position > 0 && isStack(unwrap(argument))) return false
    return isFlattenedError(file, argument, true) || textOfEntry(analysis, fields[position])
  })
  const keepsStack = stackIsOwnArgument && args.some((argument, position) => position > 0 && isStack(unwrap(argument)))
  if (flattened) {
    // What only its name makes an error may stand whole beside the text, as well.
    const named = args.map((argument) => isWholeError(file, argument, true))
    const namedInObject = fields.map((argument) => objectHolds(analysis, argument, true))
    if ((named.includes(true) || namedInObject.includes(true)) && !dropsError(log, args, named, namedInObject))
      return undefined
  }
  if (flattened && !keepsStack)
    return rethrowsWithDebug(log, handler)
      ? undefined
      : { node: log.node, messageId: 'flattened', data, suggestions: suggested() }
  const inFields = textInFields(analysis, log, fields)
  if (inFields === 'only' || (inFields === 'beside' && options.requireWholeError))
    return { node: log.node, messageId: 'flattened', data }
  return missesError(analysis, log, handler, args)
    ? { node: log.node, messageId: 'missing', data, suggestions: suggested() }
    : undefined
}

/** `serialize(error)`, whatever it makes of it. */
function isMadeOfError(file: SourceFile, argument: Node): boolean {
  const node = unwrap(argument)
  return node.type === 'CallExpression' && node.arguments.some((part) => isWholeError(file, part))
}

/** `error.stack`, also only where the value is an error. */
function isStack(node: Node): boolean {
  if (node.type === 'ConditionalExpression') return isStack(unwrap(node.consequent))
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' && node.property.name === 'stack'
}

/** The object that an argument is, also where a name stands for it. */
function fieldsOf({ file }: FileAnalysis, argument: Node): Node {
  const value = definitionOf(file, argument)
  return value.type === 'ObjectExpression' ? value : argument
}

/** `{ label, message: `failed: ${error.message}` }`: the text of the entry, given as a field. */
function textOfEntry({ file }: FileAnalysis, fields: Node | undefined): boolean {
  const node = fields && unwrap(fields)
  if (node?.type !== 'ObjectExpression') return false
  return node.properties.some(
    (property) =>
      property.type === 'Property' &&
      /^(message|msg)$/.test(propertyName(property) ?? '') &&
      /^(TemplateLiteral|BinaryExpression)$/.test(unwrap(property.value).type) &&
      isFlattenedError(file, property.value, true),
  )
}

function objectHolds(analysis: FileAnalysis, argument: Node, byName = false): boolean {
  const node = unwrap(argument)
  if (node.type !== 'ObjectExpression') return false
  return node.properties.some((property) =>
    property.type === 'SpreadElement'
      ? isWholeError(analysis.file, property.argument, byName)
      : isWholeError(analysis.file, property.value, byName) || objectHolds(analysis, property.value, byName),
  )
}

/**
 * Whether fields of the log hold the message of the error: as all that is left of it, or beside its stack or other
 * properties, or where the level says that it does not matter.
 */
function textInFields({ file }: FileAnalysis, log: LogCall, args: readonly Node[]): 'only' | 'beside' | undefined {
  const objects = args.filter((argument) => unwrap(argument).type === 'ObjectExpression')
  const holdsText = objects.some((argument) =>
    someNode(argument, (node) => node.type === 'Property' && isFlattenedError(file, node.value, false)),
  )
  if (!holdsText) return undefined
  const keepsMore = objects.some((argument) =>
    someNode(
      argument,
      (node) =>
        node.type === 'Property' &&
        (isStack(unwrap(node.value)) || !isFlattenedError(file, node.value, false)) &&
        someNode(node.value, (part) => part.type === 'MemberExpression' && isWholeError(file, part.object)),
    ),
  )
  return keepsMore || !isFailureLevel(log.level) ? 'beside' : 'only'
}

/** pino and bunyan read an error only as the first argument or in a first object. */
function dropsError(
  log: LogCall,
  args: readonly Node[],
  whole: readonly boolean[],
  inObject: readonly boolean[],
): boolean {
  if (log.dialect !== 'pino' && log.dialect !== 'bunyan') return false
  const first = args[0]
  if (!first || whole[0] || inObject[0]) return false
  const text = unwrap(first)
  const isText = text.type === 'TemplateLiteral' || (text.type === 'Literal' && typeof text.value === 'string')
  const formatted = text.type === 'Literal' && typeof text.value === 'string' && /%[osdjO]/.test(text.value)
  return isText && !formatted
}

function rethrowsWithDebug(log: LogCall, handler: Handler | undefined): boolean {
  return log.level === 'debug' && handler !== undefined && rethrows(handler)
}
