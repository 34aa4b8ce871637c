import type { CodeContext } from '../clients/client-value.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { enclosingClass, membersOf } from '../model/class-members.ts'
import { calledFunction, definitionOf, originOf, requiredModule } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  isFunction,
  memberName,
  propertyName,
  someNode,
  unwrap,
  walkOwnCode,
  type CallExpression,
  type FunctionNode,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'

/** What makes a logger, as far as it can be seen: the library, and what its options do. */
export interface LoggerSource {
  readonly dialect: 'pino' | 'bunyan' | 'winston'
  /** Keys of the options, `redact` and `context` where the options do that in another way. */
  readonly options: ReadonlySet<string>
  /** The options are not all visible. */
  readonly isOpen: boolean
}

const CREATORS: Readonly<Record<string, RegExp>> = {
  pino: /^(default|\*|pino)$/,
  bunyan: /^(createLogger|default|\*)$/,
  winston: /^(createLogger|Logger|loggers)$/,
}
const LOGGER_TYPES = /^(Logger|BaseLogger|FastifyBaseLogger|default|\*)$/
const REDACTS = /redact|mask|saniti[sz]|scrub|censor|hideSecret/i
const ADDS_CONTEXT = /request_?id|correlation|trace_?id|span|asyncLocal|getStore|\bals\b|cls|context/i

function dialectOfModule(module: string): LoggerSource['dialect'] | undefined {
  return module === 'pino' || module === 'bunyan' || module === 'winston' ? module : undefined
}

function mentions(node: Node, pattern: RegExp): boolean {
  return someNode(
    node,
    (inner) =>
      (inner.type === 'Identifier' && pattern.test(inner.name)) ||
      (inner.type === 'Literal' && typeof inner.value === 'string' && pattern.test(inner.value)),
  )
}

function readOptions(file: SourceFile, argument: Node | undefined): Pick<LoggerSource, 'options' | 'isOpen'> {
  const options = new Set<string>()
  const value = argument && definitionOf(file, argument)
  if (value?.type !== 'ObjectExpression')
    return { options, isOpen: value !== undefined && value.type !== 'CallExpression' && value.type !== 'Literal' }
  let isOpen = false
  for (const property of value.properties) {
    const name = property.type === 'Property' ? propertyName(property) : undefined
    if (name === undefined || property.type !== 'Property') {
      isOpen = true
      continue
    }
    options.add(name)
    if (!['format', 'mixin', 'hooks', 'formatters', 'serializers', 'logMethod'].includes(name)) continue
    const code = definitionOf(file, property.value)
    if (mentions(code, REDACTS)) options.add('redact')
    if (name === 'mixin' || mentions(code, ADDS_CONTEXT)) options.add('context')
  }
  return { options, isOpen }
}

function ofCall(context: CodeContext, node: CallExpression | NewExpression, depth: number): LoggerSource | undefined {
  const callee = unwrap(node.callee)
  if (callee.type === 'MemberExpression' && memberName(callee) === 'child') {
    const parent = sourceOf(context, callee.object, depth + 1)
    return parent && { ...parent, options: new Set([...parent.options, 'child']) }
  }
  const origin = originOf(context.file, callee)
  const argument = node.arguments[0]
  if (origin?.from === 'module') {
    const [first, second] = origin.path
    const dialect = dialectOfModule(origin.module)
    const name = (first === 'default' || first === '*') && second !== undefined ? second : (first ?? 'default')
    if (dialect !== undefined && CREATORS[dialect]?.test(name))
      return { dialect, ...readOptions(context.file, argument?.type === 'SpreadElement' ? undefined : argument) }
    return undefined
  }
  const target = calledFunction(context.file, callee)
  return target && !target.async ? returnedSource(context, target, depth) : undefined
}

function returnedSource(context: CodeContext, target: FunctionNode, depth: number): LoggerSource | undefined {
  if (!target.body) return undefined
  if (target.body.type !== 'BlockStatement') return sourceOf(context, target.body, depth + 1)
  let found: LoggerSource | undefined
  walkOwnCode(target.body, (node) => {
    if (!found && node.type === 'ReturnStatement' && node.argument) found = sourceOf(context, node.argument, depth + 1)
    return !found
  })
  return found
}

/** A parameter or field whose type is imported from the logging library. */
function ofType(file: SourceFile, declared: Node | null | undefined): LoggerSource | undefined {
  const annotation = declared?.type === 'TSTypeAnnotation' ? declared.typeAnnotation : undefined
  if (annotation?.type !== 'TSTypeReference') return undefined
  const { typeName } = annotation
  const root = typeName.type === 'TSQualifiedName' ? typeName.left : typeName
  const member = typeName.type === 'TSQualifiedName' ? typeName.right.name : undefined
  const origin = root.type === 'Identifier' ? originOf(file, root) : undefined
  if (origin?.from !== 'module') return undefined
  const dialect = dialectOfModule(origin.module)
  if (dialect === undefined || !LOGGER_TYPES.test(member ?? origin.path[0] ?? '')) return undefined
  return { dialect, options: new Set(), isOpen: true }
}

function typeOfField(file: SourceFile, node: Node, name: string): Node | null | undefined {
  const owner = enclosingClass(node)
  const field = owner ? membersOf(file, owner).fields.get(name) : undefined
  if (field?.type === 'PropertyDefinition') return field.typeAnnotation
  const parameter = field?.type === 'TSParameterProperty' ? field.parameter : undefined
  return parameter?.type === 'Identifier' ? parameter.typeAnnotation : undefined
}

function sourceOf(context: CodeContext, receiver: Node, depth: number): LoggerSource | undefined {
  if (depth > 6) return undefined
  const { file, facts } = context
  const node = definitionOf(file, receiver)
  const isMade = node.type === 'CallExpression' || node.type === 'NewExpression'
  if (isMade && requiredModule(file, node) === undefined) return ofCall(context, node, depth)
  if (node.type === 'LogicalExpression') return sourceOf(context, node.right, depth + 1)
  const origin = originOf(file, node)
  if (origin?.from === 'module') {
    // `winston.error(...)` writes to the default logger.
    if (origin.module === 'winston' && /^(default|\*)$/.test(origin.path.join('.')))
      return { dialect: 'winston', options: new Set(), isOpen: true }
    const [name = 'default', field] = origin.path
    const exported = facts.imported(origin.module, name)
    const fact = field !== undefined && exported?.fields ? exported.fields[field] : exported
    const dialect = dialectOfModule(fact?.logger ?? '')
    if (dialect === undefined) return undefined
    return { dialect, options: new Set(fact?.loggerOptions), isOpen: fact?.loggerOptions === undefined }
  }
  if (node.type === 'Identifier') {
    const identifier = file.resolve(node)?.identifier
    return identifier?.type === 'Identifier' ? ofType(file, identifier.typeAnnotation) : undefined
  }
  if (node.type !== 'MemberExpression') return undefined
  const name = memberName(node) ?? ''
  if (unwrap(node.object).type === 'ThisExpression') return ofType(file, typeOfField(file, node, name))
  if (name !== 'log') return undefined
  const app = definitionOf(file, node.object)
  const made = app.type === 'CallExpression' ? originOf(file, app.callee) : undefined
  return made?.from === 'module' && made.module === 'fastify'
    ? { dialect: 'pino', options: new Set(), isOpen: true }
    : undefined
}

/** The library and options behind a logger, by import, creation, type or call map; a name tells nothing. */
export const loggerSourceOf = cachedByNode((context: CodeContext, receiver: Node): LoggerSource | undefined =>
  isFunction(receiver) ? undefined : sourceOf(context, receiver, 0),
)
