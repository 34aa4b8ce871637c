import { logCallsOf } from '../errors/log-calls.ts'
import { isFailureLevel, type LogCall } from '../errors/loggers.ts'
import { loggerSourceOf } from '../errors/logger-sources.ts'
import { isErrorIdentifier } from '../errors/error-values.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { boundaryAround } from '../places/boundaries.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  keyName,
  memberName,
  someNode,
  unwrap,
  type Node,
} from '../syntax/nodes.ts'

export interface LogContextOptions {
  /** Fields by which a log line is found again. */
  readonly fields: readonly string[]
  /** One of the fields is enough. */
  readonly any: boolean
}

/** Other names of a request id. */
const REQUEST_IDS = [
  'requestid',
  'reqid',
  'correlationid',
  'traceid',
  'spanid',
  'jobid',
  'messageid',
  'executionid',
  'transactionid',
]
/** What serves one request or job, and whose logger knows which: `req.log`, `ctx.logger`, `job.log`. */
const CARRIERS = /^(req|request|ctx|context|c|job|event|reply|res|response|socket|msg|message|message_?context)$/
const BINDING_METHODS = new Set([
  'child',
  'with',
  'withContext',
  'withFields',
  'bindings',
  'extend',
  'withMetadata',
  'withTag',
  'setContext',
  'getLogger',
])

const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toLowerCase()

class Context {
  private readonly analysis: FileAnalysis
  private readonly wanted: ReadonlyMap<string, string>
  readonly seen = new Set<string>()

  constructor(analysis: FileAnalysis, options: LogContextOptions) {
    this.analysis = analysis
    const wanted = new Map(options.fields.map((field) => [plain(field), field]))
    const request = wanted.get('requestid')
    if (request !== undefined) for (const name of REQUEST_IDS) wanted.set(name, request)
    this.wanted = wanted
  }

  private add(name: string | undefined): void {
    const field = name === undefined ? undefined : this.wanted.get(plain(name))
    if (field !== undefined) this.seen.add(field)
  }

  /** Takes note of the fields that a part of an argument names; answers true where it may bring others. */
  private hides(node: Node): boolean {
    if (node.type === 'Identifier') this.add(node.name)
    else if (node.type === 'MemberExpression') {
      this.add(memberName(node))
      // `req.id`, `job.id`
      if (memberName(node) === 'id' && CARRIERS.test(dottedName(node.object) ?? '')) this.add('requestId')
    } else if (node.type === 'Property') {
      const name = keyName(node.key, node.computed)
      this.add(name)
      if (/^(req|request|job)$/.test(name ?? '')) this.add('requestId')
    }
    return node.type === 'SpreadElement' || (node.type === 'CallExpression' && !isTextCall(node))
  }

  /** Collects the fields that an argument brings; answers false for one that may bring any. */
  read(argument: Node): boolean {
    const hidesFields = someNode(argument, (node) => this.hides(node))
    const value = unwrap(argument)
    if (value.type === 'Identifier' && !isErrorIdentifier(this.analysis.file, value, true)) {
      const definition = definitionOf(this.analysis.file, value)
      if (definition === value || definition.type === 'Identifier') return false
      return definition.type === 'Literal' || (definition.type !== 'CallExpression' && this.read(definition))
    }
    return !hidesFields && value.type !== 'MemberExpression'
  }
}

/** Calls that only make text: `String(x)`, `err.toString()`, `JSON.stringify(x)`. */
function isTextCall(node: Node & { type: 'CallExpression' }): boolean {
  return /^(String|toString|stringify|inspect|join|toISOString|getErrorMessage|Number)$/.test(
    calleeName(node.callee) ?? '',
  )
}

/** The logger brings the context itself, or may: bound fields, a mixin, or a file that nothing is known of. */
function isBound(analysis: FileAnalysis, log: LogCall): boolean {
  const callee = unwrap(log.node.callee)
  if (callee.type !== 'MemberExpression' || log.dialect === 'console') return false
  if (log.dialect === 'nest') return true
  const { file } = analysis
  const receiver = unwrap(callee.object)
  const parts = (dottedName(receiver) ?? '').split('.')
  if (parts.length > 1 && parts.slice(0, -1).some((part) => CARRIERS.test(part))) return true
  const value = definitionOf(file, receiver)
  if (value.type === 'CallExpression') {
    // A logger for this request: a child, or made by a function that may do that.
    if (BINDING_METHODS.has(calleeName(value.callee) ?? '')) return true
    const origin = originOf(file, value.callee)
    if (origin?.from === 'module' && !/^(pino|bunyan|winston|log4js|loglevel|consola|tslog|debug)$/.test(origin.module))
      return true
  }
  if (receiver.type === 'Identifier') {
    const binding = file.resolve(receiver)
    if (binding?.kind === 'parameter') return true
    // A constant taken from a carrier: `const { log } = req`.
    const declaration = binding?.declaration
    if (declaration?.type === 'VariableDeclarator' && declaration.init && declaration.id.type === 'ObjectPattern')
      return true
  }
  const source = loggerSourceOf(analysis, receiver)
  if (source) return source.isOpen || ['context', 'mixin', 'child', 'hooks'].some((key) => source.options.has(key))
  const origin = originOf(file, receiver)
  if (origin?.from === 'module') return true
  return unwrap(receiver).type === 'MemberExpression' && value === receiver
}

function isInTraceableCode(analysis: FileAnalysis, node: Node): boolean {
  const boundary = boundaryAround(analysis.file, node)
  return boundary === 'request' || boundary === 'job' || boundary === 'interceptor'
}

/** Warnings and errors of requests and jobs that do not say which request or job. */
export function findMissingLogContexts(analysis: FileAnalysis, options: LogContextOptions): Finding[] {
  const { kind } = analysis
  if (kind.isTest || kind.isCli || kind.environment === 'browser') return []
  return logCallsOf(analysis).flatMap((log) => {
    if (!isFailureLevel(log.level) || !isInTraceableCode(analysis, log.node)) return []
    if (isBound(analysis, log)) return []
    const context = new Context(analysis, options)
    for (const argument of log.node.arguments) {
      const value = argument.type === 'SpreadElement' ? undefined : argument
      if (!value || isFunction(value) || !context.read(value)) return []
    }
    const wanted = new Set(options.fields)
    const isEnough = options.any ? context.seen.size > 0 : [...wanted].every((field) => context.seen.has(field))
    return isEnough ? [] : [{ node: log.node, messageId: 'context' }]
  })
}
