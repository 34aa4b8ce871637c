import type { FileAnalysis } from '../model/analysis.ts'
import { originOf } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  enclosingFunction,
  isFunction,
  memberName,
  propertyName,
  unwrap,
  type CallExpression,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'

/** A place where a value leaves the server: `body` is what is sent, `asText` says that it has to be text. */
export interface ResponseSink {
  readonly body: Node
  readonly asText: boolean
}

const SEND_METHODS = new Set(['send', 'json', 'jsonp', 'end', 'write'])
const CONTEXT_METHODS = new Set(['json', 'text', 'html', 'body'])
/** What a call that sends may be named: a method, or `json` and `data` of a framework. */
const SINK_NAMES = [...new Set([...SEND_METHODS, ...CONTEXT_METHODS, 'response', 'data'])]
const RESPONSE_NAME = /^(res|resp|response|reply|rep)$/
const RESPONSE_TYPE = /^(Express\.)?(Response|ServerResponse|NextApiResponse|FastifyReply|Http2ServerResponse)$/
const REGISTRATIONS = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'all',
  'use',
  'options',
  'head',
  'createServer',
])
const JSON_MODULES = /^(@sveltejs\/kit|@remix-run\/.*|react-router|@react-router\/.*|@vercel\/remix)$/

/** The leftmost object of a chain such as `res.status(500).json`. */
function chainRoot(expression: Node): Node {
  let current = unwrap(expression)
  for (;;) {
    if (current.type === 'CallExpression') current = unwrap(current.callee)
    else if (current.type === 'MemberExpression') current = unwrap(current.object)
    else return current
  }
}

function typeNameOf(identifier: Node): string | undefined {
  const type = identifier.type === 'Identifier' ? identifier.typeAnnotation?.typeAnnotation : undefined
  if (type?.type !== 'TSTypeReference') return undefined
  if (type.typeName.type === 'Identifier') return type.typeName.name
  return type.typeName.type === 'TSQualifiedName' ? type.typeName.right.name : undefined
}

/** The response of a request handler: by its type, by its name, or by its position in a registered handler. */
function isResponse(analysis: FileAnalysis, root: Node): boolean {
  if (root.type !== 'Identifier') return false
  const binding = analysis.file.resolve(root)
  if (!binding) return RESPONSE_NAME.test(root.name)
  const type = typeNameOf(binding.identifier)
  if (type !== undefined && RESPONSE_TYPE.test(type)) return true
  if (binding.kind !== 'parameter' || !isFunction(binding.declaration)) return false
  if (RESPONSE_NAME.test(root.name)) return type === undefined || RESPONSE_TYPE.test(type)
  const target = binding.declaration
  const call = target.parent
  const position = target.params.findIndex((parameter) => parameter === binding.identifier)
  return (
    call?.type === 'CallExpression' &&
    REGISTRATIONS.has(calleeName(call.callee) ?? '') &&
    position === (target.params.length === 4 ? 2 : 1)
  )
}

/** The context object of Hono, Koa and the like. */
function isContext(analysis: FileAnalysis, root: Node): boolean {
  if (root.type !== 'Identifier' || !/^(c|ctx|context)$/.test(root.name)) return false
  const binding = analysis.file.resolve(root)
  return !binding || binding.kind === 'parameter'
}

function callSink(analysis: FileAnalysis, call: CallExpression): ResponseSink | undefined {
  const body = call.arguments[0]
  if (!body || body.type === 'SpreadElement') return undefined
  const callee = unwrap(call.callee)
  if (callee.type === 'Identifier') {
    const origin = callee.name === 'json' || callee.name === 'data' ? originOf(analysis.file, callee) : undefined
    return origin?.from === 'module' && JSON_MODULES.test(origin.module) ? { body, asText: false } : undefined
  }
  const method = memberName(callee)
  if (callee.type !== 'MemberExpression' || method === undefined) return undefined
  const receiver = dottedName(callee.object)
  if (method === 'json' && (receiver === 'NextResponse' || receiver === 'Response')) return { body, asText: false }
  if (SEND_METHODS.has(method) && isResponse(analysis, chainRoot(callee.object)))
    return { body, asText: method === 'end' || method === 'write' }
  const direct = unwrap(callee.object)
  if (CONTEXT_METHODS.has(method) && direct.type === 'Identifier' && isContext(analysis, direct))
    return { body, asText: method !== 'json' }
  if (method === 'response' && receiver === 'h') return { body, asText: false }
  return undefined
}

function newSink(analysis: FileAnalysis, made: NewExpression): ResponseSink | undefined {
  const name = calleeName(made.callee)
  const first = made.arguments[0]
  if (!first || first.type === 'SpreadElement') return undefined
  if (name === 'NextResponse') return { body: first, asText: true }
  const callee = unwrap(made.callee)
  if (name === 'Response' && callee.type === 'Identifier' && !analysis.file.resolve(callee))
    return { body: first, asText: true }
  if (name === undefined || !/^(GraphQL|Apollo)\w*Error$/.test(name)) return undefined
  for (const argument of made.arguments.slice(1)) {
    const options = argument.type === 'SpreadElement' ? undefined : unwrap(argument)
    if (options?.type !== 'ObjectExpression') continue
    for (const property of options.properties) {
      if (property.type === 'Property' && propertyName(property) === 'extensions')
        return { body: property.value, asText: false }
    }
  }
  return undefined
}

function assignmentSink(
  analysis: FileAnalysis,
  write: Node & { type: 'AssignmentExpression' },
): ResponseSink | undefined {
  const target = unwrap(write.left)
  if (target.type !== 'MemberExpression') return undefined
  const name = dottedName(target) ?? ''
  if (!/^(ctx|context)\.((response\.)?body|res)$/.test(name)) return undefined
  return isContext(analysis, chainRoot(target)) ? { body: write.right, asText: false } : undefined
}

/** `return { statusCode: 500, body: ... }` of a function that a gateway calls. */
function returnedSink(statement: Node & { type: 'ReturnStatement' }): ResponseSink | undefined {
  const value = statement.argument ? unwrap(statement.argument) : undefined
  if (value?.type !== 'ObjectExpression' || !enclosingFunction(statement)) return undefined
  let body: Node | undefined
  let hasStatus = false
  for (const property of value.properties) {
    if (property.type !== 'Property') continue
    const name = propertyName(property)
    if (name === 'statusCode') hasStatus = true
    if (name === 'body') body = property.value
  }
  return hasStatus && body ? { body, asText: true } : undefined
}

/** Every place of a file where a value is sent to whoever asked. */
export function responseSinksOf(analysis: FileAnalysis): ResponseSink[] {
  const { file } = analysis
  return [
    ...SINK_NAMES.flatMap((name) => file.callsNamed(name)).flatMap((call) => callSink(analysis, call) ?? []),
    ...file.news.flatMap((made) => newSink(analysis, made) ?? []),
    ...file.assignments.flatMap((write) => assignmentSink(analysis, write) ?? []),
    ...file.returns.flatMap((statement) => returnedSink(statement) ?? []),
  ]
}
