import { definitionOf } from '../model/values.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  hasSpread,
  isFunction,
  memberName,
  patternNameOf,
  stringValue,
  unwrap,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { callersWithout, callsInFile } from '../protections/function-uses.ts'
import { byFile, type ClientValue, type CodeContext } from './client-value.ts'
import { clientValueOf, mayHoldClients } from './client-values.ts'
import { BASE_URL_KEYS, CLIENTS } from './client-table.ts'
import { configValue, type ConfigValue } from './config-values.ts'
import { classifyUrlText, urlClassOf, type UrlClass } from './url-class.ts'

/** One call that sends a request. */
export interface HttpCall {
  readonly node: CallExpression
  readonly value: ClientValue
  readonly url: Node | undefined
  readonly config: Node | undefined
  /** Arguments were spread, so nothing is known about URL and configuration. */
  readonly opaque: boolean
  /** Methods the call may use, upper case; empty when nothing is known. */
  readonly methods: readonly string[]
  readonly urlClass: UrlClass
}

const METHODS = new Set(Object.values(CLIENTS).flatMap(({ methods }) => [...methods]))
const BODY_METHODS = new Set(['post', 'put', 'patch', 'postForm', 'putForm', 'patchForm'])

function positions(
  value: ClientValue,
  method: string | undefined,
  node: CallExpression,
): { url: number; config: number } {
  if (value.client === 'axios' || value.client === 'HttpService') {
    if (method === 'request') return { url: -1, config: 0 }
    if (method === undefined) return isConfigObject(node.arguments[0]) ? { url: -1, config: 0 } : { url: 0, config: 1 }
    return { url: 0, config: BODY_METHODS.has(method) ? 2 : 1 }
  }
  if (value.client === 'node:http')
    return isConfigObject(node.arguments[0]) ? { url: -1, config: 0 } : { url: 0, config: 1 }
  if (value.client === 'got' && isConfigObject(node.arguments[0])) return { url: -1, config: 0 }
  return { url: 0, config: 1 }
}

function isConfigObject(argument: Node | undefined): boolean {
  if (!argument) return false
  const plain = unwrap(argument)
  if (plain.type === 'ObjectExpression') return true
  return plain.type === 'Identifier' && /(config|options?|opts|params|request|req)$/i.test(plain.name)
}

/** The methods that the value of a `method` key may have. */
function possibleMethods(context: CodeContext, value: Node, depth = 0): readonly string[] {
  const plain = unwrap(value)
  const text = stringValue(plain)
  if (text !== undefined) return [text.toUpperCase()]
  if (depth > 4) return []
  if (plain.type === 'ConditionalExpression') {
    return [
      ...possibleMethods(context, plain.consequent, depth + 1),
      ...possibleMethods(context, plain.alternate, depth + 1),
    ]
  }
  if (plain.type === 'LogicalExpression') {
    return [...possibleMethods(context, plain.left, depth + 1), ...possibleMethods(context, plain.right, depth + 1)]
  }
  if (plain.type === 'CallExpression') {
    const callee = unwrap(plain.callee)
    return callee.type === 'MemberExpression' ? possibleMethods(context, callee.object, depth + 1) : []
  }
  if (plain.type !== 'Identifier') return []
  const binding = context.file.resolve(plain)
  const declaration = binding?.declaration
  if (declaration?.type === 'VariableDeclarator' && declaration.init && declaration.id.type === 'Identifier') {
    return possibleMethods(context, declaration.init, depth + 1)
  }
  const pattern = binding?.identifier.parent
  const standard = pattern?.type === 'AssignmentPattern' ? possibleMethods(context, pattern.right, depth + 1) : []
  if (binding?.kind !== 'parameter' || !isFunction(declaration)) return standard
  const parameter = declaration.params.findIndex((candidate) => patternNameOf(candidate) === binding.name)
  const given = callsInFile(context.file, declaration).flatMap(({ arguments: all }) => {
    const argument = argumentAt(all, parameter)
    return argument ? possibleMethods(context, argument, depth + 1) : []
  })
  return [...new Set([...standard, ...given])]
}

function methodsOf(
  context: CodeContext,
  method: string | undefined,
  config: Node | undefined,
  opaque: boolean,
  unnamed: readonly string[],
): readonly string[] {
  if (method !== undefined && !['request', 'raw', 'native', 'fetch', 'stream', 'paginate'].includes(method)) {
    return [method === 'del' ? 'DELETE' : method.replace(/Form$/, '').toUpperCase()]
  }
  if (opaque) return []
  const configured = configValue(context.file, config, 'method')
  if (configured.found === 'absent') return unnamed
  if (configured.found === 'value') return possibleMethods(context, configured.value)
  return methodsOfCallers(context, configured.parameterOf, configured.parameter)
}

/** What the callers pass to a function that hands its options on: GET where they name no method. */
function methodsOfCallers(
  context: CodeContext,
  target: FunctionNode | undefined,
  parameter: number | undefined,
): readonly string[] {
  if (!target || parameter === undefined) return []
  const found = callsInFile(context.file, target).flatMap((call) => {
    const argument = call.arguments[parameter]
    if (argument?.type === 'SpreadElement') return []
    const given = configValue(context.file, argument, 'method')
    return given.found === 'value' ? possibleMethods(context, given.value) : []
  })
  if (callersWithout(context, target, parameter, 'method', ['method']).without > 0) found.push('GET')
  return [...new Set(found)]
}

/** Reads a call expression as a request, or answers undefined. */
export function readHttpCall(context: CodeContext, node: CallExpression): HttpCall | undefined {
  return mayHoldClients(context) ? knownHttpCall(context, node) : undefined
}

const knownHttpCall = cachedByNode(findHttpCall, byFile)

function findHttpCall(context: CodeContext, node: CallExpression): HttpCall | undefined {
  const callee = unwrap(node.callee)
  let value: ClientValue | undefined
  let method: string | undefined
  if (callee.type === 'MemberExpression') {
    const name = memberName(callee)
    const owner = name !== undefined && METHODS.has(name) ? clientValueOf(context, callee.object) : undefined
    if (owner && name !== undefined && CLIENTS[owner.client].methods.has(name)) {
      value = owner
      method = name
    }
  }
  if (!value) {
    const direct =
      callee.type === 'Identifier' ||
      callee.type === 'MemberExpression' ||
      callee.type === 'LogicalExpression' ||
      callee.type === 'CallExpression'
    const called = direct ? clientValueOf(context, callee) : undefined
    if (!called?.callable) return undefined
    value = called
    method = called.method
  }
  // A creator such as `axios.create` is no request, and neither is `superagent.agent()`.
  if (method !== undefined && CLIENTS[value.client].creators.has(method)) return undefined
  if (node.arguments.length === 0) return undefined
  const at = positions(value, method, node)
  const opaque = hasSpread(node.arguments)
  const config = argumentAt(node.arguments, at.config)
  const request = at.url >= 0 ? argumentAt(node.arguments, at.url) : undefined
  const url = at.url >= 0 ? request : configUrl(context, config)
  const init = config && !looksLikeCallback(context, config) ? config : requestInit(context, request)
  return {
    node,
    value,
    url,
    config: init,
    opaque,
    methods: methodsOf(context, method, init, opaque, isRequestObject(context, request) ? [] : ['GET']),
    urlClass: effectiveUrlClass(
      context,
      value,
      url,
      init,
      at.url < 0 && configValue(context.file, config, 'url').found !== 'value',
    ),
  }
}

function looksLikeCallback(context: CodeContext, node: Node): boolean {
  if (isFunction(definitionOf(context.file, node))) return true
  return node.type === 'Identifier' && /^(cb|done|next|resolve|callback|[a-z]+Callback|on[A-Z]\w*)$/.test(node.name)
}

function requestInit(context: CodeContext, request: Node | undefined): Node | undefined {
  const made = request ? definitionOf(context.file, request) : undefined
  if (made?.type === 'NewExpression' && calleeName(made.callee) === 'Request') return argumentAt(made.arguments, 1)
  return undefined
}

/** `fetch(request)` and `fetch(signedRequest(url))`: the object that is sent knows the method. */
function isRequestObject(context: CodeContext, request: Node | undefined): boolean {
  if (!request) return false
  const made = definitionOf(context.file, request)
  const name = made.type === 'CallExpression' ? calleeName(made.callee) : dottedName(made)
  return /^(req|request|input)$|Request$/.test(name ?? '')
}

function configUrl(context: CodeContext, config: Node | undefined): Node | undefined {
  for (const key of ['url', 'hostname', 'host']) {
    const found = configValue(context.file, config, key)
    if (found.found === 'value') return found.value
  }
  return undefined
}

function effectiveUrlClass(
  context: CodeContext,
  value: ClientValue,
  url: Node | undefined,
  config: Node | undefined,
  isHost: boolean,
): UrlClass {
  const host = isHost && url ? stringValue(definitionOf(context.file, url)) : undefined
  const own = host === undefined ? urlClassOf(context, url) : classifyUrlText(`http://${host}`, true)
  if (own === 'external' || own === 'loopback' || own === 'local-data') return own
  const given = baseUrl(context, config)
  if (given?.found === 'value') return urlClassOf(context, given.value)
  const base = value.creation ? instanceUrlClass(context, value) : undefined
  if (base === undefined || base === 'absent')
    return value.via === 'injected' && own === 'same-origin' ? 'unknown' : own
  return base
}

/** Where the instance points by its base URL; `absent` when none is given. */
export function instanceUrlClass(context: CodeContext, value: ClientValue): UrlClass | 'absent' {
  const config = value.creation?.arguments[0]
  if (!config || config.type === 'SpreadElement') return 'absent'
  const found = baseUrl(context, config)
  if (!found) return 'absent'
  return found.found === 'value' ? urlClassOf(context, found.value) : 'unknown'
}

/** The first of the keys for a base URL that is not surely absent. */
function baseUrl(context: CodeContext, config: Node | undefined): ConfigValue | undefined {
  for (const key of BASE_URL_KEYS) {
    const found = configValue(context.file, config, key)
    if (found.found !== 'absent') return found
  }
  return undefined
}
