import type { CodeContext } from '../clients/client-value.ts'
import { loggerSourceOf } from './logger-sources.ts'
import { definitionOf, originOf, requiredModule } from '../model/values.ts'
import { calleeName, dottedName, memberName, unwrap, type CallExpression, type Node } from '../syntax/nodes.ts'

/** Which argument order a logger understands. `unknown` loggers are only judged for flattened text. */
export type LoggerDialect = 'pino' | 'bunyan' | 'winston' | 'nest' | 'console' | 'tag-first' | 'unknown'

export interface LogCall {
  readonly node: CallExpression
  readonly logger: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly dialect: LoggerDialect
}

const LEVELS: Readonly<Record<string, LogCall['level']>> = {
  trace: 'debug',
  debug: 'debug',
  verbose: 'debug',
  silly: 'debug',
  log: 'info',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'error',
  critical: 'error',
  crit: 'error',
  alert: 'error',
  emerg: 'error',
}
/** The levels at which a log says that something went wrong. */
export function isFailureLevel(level: LogCall['level']): boolean {
  return level === 'warn' || level === 'error'
}

/** The methods of which a call may be a log call. */
export const LOG_METHODS: readonly string[] = Object.keys(LEVELS)
const DIALECT_MODULES: Readonly<Record<string, LoggerDialect>> = {
  pino: 'pino',
  'pino-http': 'pino',
  fastify: 'pino',
  bunyan: 'bunyan',
  winston: 'winston',
  '@nestjs/common': 'nest',
  'nestjs-pino': 'nest',
}
const DIALECTS = ['pino', 'bunyan', 'winston', 'nest', 'console', 'tag-first'] as const
const LOGGER_NAME = /^(?:[_#]?(?:log|logger)|logging|Log|Logger|LOG|LOGGER|\w*[a-z0-9_](?:Logger|Log|_logger|_log))$/

/** Reads a call as a log call: the console, a value made by a known logging module, or a receiver named like a logger. */
export function readLogCall(context: CodeContext, node: CallExpression): LogCall | undefined {
  const callee = unwrap(node.callee)
  if (callee.type !== 'MemberExpression') return undefined
  const method = memberName(callee) ?? ''
  const level = Object.hasOwn(LEVELS, method) ? LEVELS[method] : undefined
  if (level === undefined) return undefined
  const receiver = parentLogger(unwrap(callee.object))
  const isGiven = receiver.type === 'CallExpression' && GIVES_LOGGER.test(calleeName(receiver.callee) ?? '')
  const name = dottedName(isGiven ? receiver.callee : receiver)
  if (name === 'console' && receiver.type === 'Identifier' && !context.file.resolve(receiver))
    return { node, logger: 'console', level, dialect: 'console' }
  if (isPrompt(context, receiver)) return undefined
  const configured = context.facts.loggers.find((logger) => logger.name === name || `this.${logger.name}` === name)
  if (configured?.role === 'ui') return undefined
  const dialect =
    asDialect(configured?.dialect) ?? dialectOf(context, receiver) ?? loggerSourceOf(context, receiver)?.dialect
  if (dialect === undefined && !isGiven && !LOGGER_NAME.test(name?.split('.').at(-1) ?? '') && !configured)
    return undefined
  if (name !== undefined && /^Math(\.|$)/.test(name)) return undefined
  return {
    node,
    logger: name === undefined ? (dialect ?? 'logger') : isGiven ? `${name}()` : name,
    level,
    dialect: dialect ?? asDialect(context.facts.configuredDialect) ?? 'unknown',
  }
}

const DERIVED = /^(child|extend|scope|with[A-Z]\w*)$/

/** `this.logger()` and `getLogger('sync')`. */
const GIVES_LOGGER = /^((get|use|create)Logger|logger)$/

/** `logger` of `logger.withContext({ id }).child()`. */
function parentLogger(receiver: Node): Node {
  let current = receiver
  while (current.type === 'CallExpression') {
    const callee = unwrap(current.callee)
    if (callee.type !== 'MemberExpression' || !DERIVED.test(memberName(callee) ?? '')) return current
    current = unwrap(callee.object)
  }
  return current
}

/** `prompts.log.warn(...)`: what a command says to its user. */
function isPrompt({ file }: CodeContext, receiver: Node): boolean {
  const origin = originOf(file, receiver)
  return origin?.from === 'module' && /^(@clack\/\w+|@inquirer\/\w+|ora|listr2?|signale)$/.test(origin.module)
}

/** The dialect of a logger expression, by the module that makes it. */
export function dialectOf(context: CodeContext, receiver: Node, depth = 0): LoggerDialect | undefined {
  if (depth > 6) return undefined
  const { file, facts } = context
  const node = definitionOf(file, receiver)
  const isRequired = requiredModule(file, node) !== undefined
  if ((node.type === 'CallExpression' || node.type === 'NewExpression') && !isRequired) {
    const callee = unwrap(node.callee)
    if (callee.type === 'MemberExpression' && DERIVED.test(memberName(callee) ?? ''))
      return dialectOf(context, callee.object, depth + 1)
    const origin = originOf(file, callee)
    if (origin?.from !== 'module') return undefined
    return (
      (Object.hasOwn(DIALECT_MODULES, origin.module) ? DIALECT_MODULES[origin.module] : undefined) ??
      asDialect(facts.imported(origin.module, origin.path[0] ?? 'default')?.logger)
    )
  }
  const origin = originOf(file, node)
  if (origin?.from === 'module') {
    const known =
      origin.module === 'winston'
        ? 'winston'
        : asDialect(facts.imported(origin.module, origin.path[0] ?? 'default')?.logger)
    if (known) return known
    // What a package logs with says nothing of a value that is not named like a logger.
    return LOGGER_NAME.test(dottedName(receiver)?.split('.').at(-1) ?? '') ? asDialect(facts.loggerDialect) : undefined
  }
  if (node.type === 'MemberExpression' && memberName(node) === 'log') {
    return /(^|\.)(fastify|app|server|req|request)\.log$/.test(dottedName(node) ?? '')
      ? (asDialect(facts.loggerDialect) ?? 'unknown')
      : undefined
  }
  return undefined
}

function asDialect(name: string | undefined): LoggerDialect | undefined {
  return DIALECTS.find((dialect) => dialect === name)
}
