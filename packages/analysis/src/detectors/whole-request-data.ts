import { holdsError } from '../errors/caught-errors.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { isSecretName } from '../errors/secret-names.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  memberName,
  patternNameOf,
  propertyName,
  someNode,
  unwrap,
  type Node,
} from '../syntax/nodes.ts'

const REQUEST_TYPES = /^(Request|IncomingMessage|FastifyRequest|NextApiRequest|NextRequest)$/
const ERROR_NAME = /^(e|err|error|ex|exception|\w*(Err|Error))$/

function typeOf(identifier: Node): string | undefined {
  const type = identifier.type === 'Identifier' ? identifier.typeAnnotation?.typeAnnotation : undefined
  return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : undefined
}

/** The request of an HTTP handler: typed as one, or followed by the response in the parameters. */
function isRequest(analysis: FileAnalysis, node: Node): boolean {
  if (node.type !== 'Identifier' || !/^_?(req|request)$/.test(node.name)) return false
  const binding = analysis.file.resolve(node)
  if (!binding) return node.name === 'req'
  if (binding.kind !== 'parameter' || !isFunction(binding.declaration)) return false
  const type = typeOf(binding.identifier)
  if (type !== undefined) return REQUEST_TYPES.test(type)
  const names = binding.declaration.params.map(patternNameOf)
  return names.some((name) => /^_?(res|response|reply|resp)$/.test(name ?? ''))
}

/** The configuration of an axios request: typed as one, or the parameter of an interceptor. */
function isRequestConfig(analysis: FileAnalysis, node: Node): boolean {
  if (node.type !== 'Identifier') return false
  const binding = analysis.file.resolve(node)
  if (binding?.kind !== 'parameter' || !isFunction(binding.declaration)) return false
  if (/^(Internal)?AxiosRequestConfig$/.test(typeOf(binding.identifier) ?? '')) return true
  const call = binding.declaration.parent
  return (
    call?.type === 'CallExpression' &&
    /\.interceptors\.request\.use$/.test(dottedName(call.callee) ?? '') &&
    call.arguments[0] === binding.declaration
  )
}

/** An error that was told apart as an AxiosError, whose `config.headers` travel with it. */
function isAxiosError(analysis: FileAnalysis, node: Node): boolean {
  if (node.type !== 'Identifier' || !holdsErrorOrParameter(analysis, node)) return false
  const binding = analysis.file.resolve(node)
  if (binding && typeOf(binding.identifier) === 'AxiosError') return true
  let child: Node = node
  for (let current: Node | null | undefined = node.parent; current; current = current.parent) {
    if (
      (current.type === 'IfStatement' || current.type === 'ConditionalExpression') &&
      child === current.consequent &&
      asksForAxiosError(current.test, node.name)
    )
      return true
    if (isFunction(current)) return false
    child = current
  }
  return false
}

function holdsErrorOrParameter(analysis: FileAnalysis, node: Node & { type: 'Identifier' }): boolean {
  return holdsError(analysis.file, node) || analysis.file.resolve(node)?.kind === 'parameter'
}

function asksForAxiosError(test: Node, name: string): boolean {
  const asks = (node: Node): boolean =>
    (node.type === 'CallExpression' &&
      calleeName(node.callee) === 'isAxiosError' &&
      node.arguments.some((argument) => dottedName(argument) === name)) ||
    (node.type === 'BinaryExpression' &&
      node.operator === 'instanceof' &&
      dottedName(node.left) === name &&
      calleeName(node.right) === 'AxiosError')
  const isNegated = unwrap(test).type === 'UnaryExpression'
  return !isNegated && someNode(test, asks)
}

/** Headers that are known to be a request's, or to hold a credential. */
function isRequestHeaders(analysis: FileAnalysis, node: Node): boolean {
  if (node.type === 'MemberExpression') {
    const owner = unwrap(node.object)
    if (memberName(node) !== 'headers') return false
    const name = dottedName(owner)?.split('.').at(-1) ?? ''
    return /^_?(req|request)$/.test(name) || isRequestConfig(analysis, owner) || isConfigOfError(analysis, owner)
  }
  if (node.type !== 'Identifier' || !/^(\w*H|h)eaders$/.test(node.name)) return false
  const value = definitionOf(analysis.file, node)
  if (value === node) return false
  if (value.type === 'MemberExpression') return isRequestHeaders(analysis, value)
  return (
    value.type === 'ObjectExpression' &&
    value.properties.some(
      (property) =>
        property.type === 'Property' &&
        unwrap(property.value).type !== 'Literal' &&
        isSecretName(propertyName(property) ?? '', { names: [], allow: [] }),
    )
  )
}

/** `error.config` and `error.request` of a failed axios call. */
function isConfigOfError(analysis: FileAnalysis, node: Node): boolean {
  if (node.type !== 'MemberExpression') return false
  const name = memberName(node)
  if (name !== 'config' && name !== 'request') return false
  let owner = unwrap(node.object)
  if (memberName(owner) === 'response' && owner.type === 'MemberExpression') owner = unwrap(owner.object)
  if (owner.type !== 'Identifier' || !ERROR_NAME.test(owner.name)) return false
  const binding = analysis.file.resolve(owner)
  return !binding || binding.kind === 'catch' || binding.kind === 'parameter' || holdsError(analysis.file, owner)
}

/** What a whole object carries, when it is one that carries credentials: a request, its headers, the environment. */
export function isWholeRequestData(analysis: FileAnalysis, node: Node): string | undefined {
  const name = dottedName(node)
  if (name === 'process.env') {
    const origin = originOf(analysis.file, node)
    return origin === undefined || origin.from === 'global' || /^(node:)?process$/.test(origin.module)
      ? name
      : undefined
  }
  if (isRequestHeaders(analysis, node) || isConfigOfError(analysis, node)) return name ?? 'headers'
  if (isRequest(analysis, node) || isRequestConfig(analysis, node)) return name
  return isAxiosError(analysis, node) && name !== undefined ? `${name}.config.headers` : undefined
}
