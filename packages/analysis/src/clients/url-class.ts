import type { ConstantUrlClass } from '../model/project-facts.ts'
import { importedFact } from '../model/imported-fact.ts'
import { definitionOf, originOf } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  memberName,
  propertyName,
  stringValue,
  unwrap,
  type Node,
} from '../syntax/nodes.ts'
import type { SourceFile } from '../model/source-file.ts'
import type { CodeContext } from './client-value.ts'

export type UrlClass = ConstantUrlClass | 'local-data' | 'unknown'

const LOOPBACK = /^(?:[a-z]+:)?\/\/(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|[^/:]+\.localhost)(?=[:/?#]|$)/i

/** Judges the start of a URL text; `whole` says that nothing follows it. */
export function classifyUrlText(text: string, whole: boolean): UrlClass {
  if (LOOPBACK.test(text)) return 'loopback'
  if (/^(?:https?:)?\/\/./i.test(text)) return 'external'
  if (/^https?:\/\/$/i.test(text)) return 'external'
  if (/^(?:data|blob|file|chrome|chrome-extension):/i.test(text)) return 'local-data'
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return 'unknown'
  if (/^[/.?#]/.test(text) || (whole && text !== '') || text.length > 1) return 'same-origin'
  return 'unknown'
}

function isConfigured(node: Node): boolean {
  const name = dottedName(node) ?? ''
  return /(^|\.)(process\.env|env)\b/.test(name)
}

/** Classifies the URL of a call by its leftmost known part. */
export function urlClassOf(context: CodeContext, expression: Node | undefined, depth = 0): UrlClass {
  if (!expression || depth > 6) return 'unknown'
  const original = unwrap(expression)
  if (/(^|\.)location\.(origin|href|protocol|host|pathname)$/.test(dottedName(original) ?? '')) return 'same-origin'
  if (original.type === 'MemberExpression' && isConfigured(original)) return 'external'
  const node = definitionOf(context.file, original)
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? classifyUrlText(node.value, true) : 'unknown'
    case 'TemplateLiteral': {
      const first = node.quasis[0]?.value.cooked ?? ''
      if (/^https?:\/\/$/i.test(first) && defaultsToLoopback(node.expressions[0])) return 'loopback'
      if (first !== '') return classifyUrlText(first, node.expressions.length === 0)
      const head = node.expressions[0]
      if (!head) return 'unknown'
      const rest = node.quasis[1]?.value.cooked ?? ''
      // What stands before `://` is a scheme, whichever it is.
      const scheme = literalChoice(context.file, head) ?? (rest.startsWith('://') ? 'https' : undefined)
      if (scheme !== undefined && rest !== '') return classifyUrlText(scheme + rest, false)
      return urlClassOf(context, head, depth + 1)
    }
    case 'BinaryExpression':
      return node.operator === '+' ? urlClassOf(context, node.left, depth + 1) : 'unknown'
    case 'LogicalExpression': {
      // A path prefix that is mostly empty, or another origin: `process.env.BASE_PATH ?? ''`.
      if (isConfigured(unwrap(node.left)) && stringValue(node.right) === '') return 'unknown'
      const left = urlClassOf(context, node.left, depth + 1)
      if (left !== 'unknown') return left
      const right = urlClassOf(context, node.right, depth + 1)
      // A local default says nothing of what is configured.
      return right === 'loopback' && node.operator !== '&&' ? 'unknown' : right
    }
    case 'ConditionalExpression': {
      const first = urlClassOf(context, node.consequent, depth + 1)
      const second = urlClassOf(context, node.alternate, depth + 1)
      return first === 'external' || second === 'external' ? 'external' : first === 'unknown' ? second : first
    }
    case 'NewExpression': {
      if (calleeName(node.callee) !== 'URL' && calleeName(node.callee) !== 'Request') return 'unknown'
      const first = node.arguments[0]
      const own = first ? urlClassOf(context, first, depth + 1) : 'unknown'
      // A file that lies beside the code.
      if (own === 'same-origin' && isOwnFile(node.arguments[1])) return 'local-data'
      return node.arguments[1] && own !== 'external' ? urlClassOf(context, node.arguments[1], depth + 1) : own
    }
    case 'MemberExpression': {
      const known = isConfigured(node) ? 'external' : importedUrl(context, node)
      const isPart = memberName(node) === 'href' || memberName(node) === 'url'
      return known === 'unknown' && isPart ? urlClassOf(context, node.object, depth + 1) : known
    }
    case 'CallExpression':
      return calledUrl(context, node, depth)
    case 'ObjectExpression': {
      const url = node.properties.find((property) => property.type === 'Property' && propertyName(property) === 'url')
      return url?.type === 'Property' ? urlClassOf(context, url.value, depth + 1) : 'unknown'
    }
    case 'Identifier':
      return importedUrl(context, node)
    default:
      return 'unknown'
  }
}

/** `import.meta.url`, of whatever stands beside it. */
function isOwnFile(base: Node | undefined): boolean {
  const node = base && unwrap(base)
  return node?.type === 'MemberExpression' && node.object.type === 'MetaProperty' && memberName(node) === 'url'
}

/** What another file says of a constant that it exports. */
function importedUrl({ file, facts }: CodeContext, node: Node): UrlClass {
  const origin = originOf(file, node)
  return (origin?.from === 'module' ? importedFact(facts, origin)?.url : undefined) ?? 'unknown'
}

/** The class of a constant that is a URL or a path of its own; other text may be anything. */
export function constantUrlClass(file: SourceFile, expression: Node): ConstantUrlClass | undefined {
  const node = definitionOf(file, expression)
  const text = node.type === 'TemplateLiteral' ? node.quasis[0]?.value.cooked : stringValue(node)
  if (typeof text !== 'string' || !/^(https?:)?\/\/.|^\/\w/i.test(text)) return undefined
  const found = classifyUrlText(text, false)
  return found === 'external' || found === 'loopback' || found === 'same-origin' ? found : undefined
}

/** The text of an expression that is a literal, or one of several. */
function literalChoice(file: SourceFile, expression: Node): string | undefined {
  const node = definitionOf(file, expression)
  if (node.type === 'ConditionalExpression') return literalChoice(file, node.consequent)
  const text = stringValue(node)
  // A field that starts empty is filled later.
  return text === '' && unwrap(expression).type === 'MemberExpression' ? undefined : text
}

/** `process.env.HOST || 'localhost'`: the program's own server. */
function defaultsToLoopback(host: Node | undefined): boolean {
  const node = host ? unwrap(host) : undefined
  if (node?.type !== 'LogicalExpression') return false
  return /^(localhost|127\.0\.0\.1|0\.0\.0\.0|::1)$/.test(stringValue(node.right) ?? '')
}

function calledUrl(context: CodeContext, node: Node & { type: 'CallExpression' }, depth: number): UrlClass {
  const name = calleeName(node.callee)
  const callee = unwrap(node.callee)
  if (name === 'String' || name === 'encodeURI') return urlClassOf(context, node.arguments[0], depth + 1)
  if (callee.type === 'MemberExpression') {
    if (name === 'toString' || name === 'replace' || name === 'trim' || name === 'concat')
      return urlClassOf(context, callee.object, depth + 1)
    if (name === 'getURL' && originOf(context.file, callee)?.from === 'global') return 'local-data'
    if (name === 'get' && /config/i.test(dottedName(callee.object) ?? '')) return 'external'
  }
  const target = definitionOf(context.file, callee)
  if (isFunction(target) && target.body && target.body.type !== 'BlockStatement')
    return urlClassOf(context, target.body, depth + 1)
  return 'unknown'
}
