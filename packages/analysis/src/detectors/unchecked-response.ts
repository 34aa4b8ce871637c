import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import type { Binding } from '../model/scopes.ts'
import { textOf } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  isFunction,
  memberName,
  outerExpression,
  propertyName,
  rangeOf,
  unwrap,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { isReportable, type CallOptions } from './reportable-call.ts'

export interface UncheckedResponseOptions extends CallOptions {
  /** Functions that look at the status of the response they are given. */
  readonly checkers: readonly string[]
  /** The check must come before the body is read. */
  readonly checkFirst: boolean
}

const CLIENTS = new Set(['fetch', 'node-fetch', 'undici'])
const CHECKS = new Set(['ok', 'status', 'statusCode', 'type', 'statusText'])
const BODY = new Set(['json', 'text', 'blob', 'arrayBuffer', 'formData', 'bytes', 'body'])
const LOCAL_DATA = /data_?ur[il]|blob_?ur[il]|object_?url|file_?ur[il]|base64|\bblob\b/i

/** How code treats a response: `unchecked` reads the body and never looks at the status. */
type Verdict = 'unchecked' | 'fine'

interface Use {
  readonly verdict: Verdict
  readonly name: string
  readonly suggestion?: Suggestion
}

/** Responses of fetch-like clients whose body is read although nothing asked for the status. */
export function findUncheckedResponses(analysis: FileAnalysis, options: UncheckedResponseOptions): Finding[] {
  if (analysis.kind.isTest) return []
  return analysis.httpCalls.flatMap((call) => {
    if (!CLIENTS.has(call.value.client) || !isReportable(analysis, call, options)) return []
    if (call.methods.length === 1 && call.methods[0] === 'HEAD') return []
    if (call.url && LOCAL_DATA.test(textOf(analysis.file, call.url))) return []
    const use = useOf(analysis, call.node, options, 0)
    if (use?.verdict !== 'unchecked') return []
    return [
      {
        node: call.node,
        messageId: isUndiciRequest(call) ? 'uncheckedStatusCode' : 'unchecked',
        data: { name: use.name, client: call.value.client },
        suggestions: use.suggestion && !isUndiciRequest(call) ? [use.suggestion] : [],
      },
    ]
  })
}

function isUndiciRequest(call: HttpCall): boolean {
  return call.value.method === 'request' || calleeName(call.node.callee) === 'request'
}

/** What becomes of the promise or response that an expression is. */
function useOf(
  analysis: FileAnalysis,
  expression: Node,
  options: UncheckedResponseOptions,
  depth: number,
): Use | undefined {
  if (depth > 6) return undefined
  const node = outerExpression(expression)
  const { parent } = node
  if (!parent) return undefined
  if (parent.type === 'AwaitExpression') return responseUse(analysis, parent, options, depth)
  if (parent.type === 'MemberExpression' && parent.object === node) {
    const call = outerExpression(parent).parent
    if (call?.type !== 'CallExpression' || unwrap(call.callee) !== parent) return undefined
    const name = memberName(parent)
    if (name === 'catch' || name === 'finally') return useOf(analysis, call, options, depth + 1)
    const handler = name === 'then' ? argumentAt(call.arguments, 0) : undefined
    const target = handler ? definitionOf(analysis.file, handler) : undefined
    return target && isFunction(target) ? functionUse(analysis, target, options, depth + 1) : undefined
  }
  if (parent.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'Identifier') {
    const binding = analysis.file.resolve(parent.id)
    for (const reference of binding ? analysis.file.references(binding) : []) {
      const use = useOf(analysis, reference, options, depth + 1)
      if (use) return use
    }
  }
  return parent.type === 'ArrayExpression' ? combinedUse(analysis, node, parent, options, depth) : undefined
}

/** `const [a, b] = await Promise.all([fetch(x), fetch(y)])` */
function combinedUse(
  analysis: FileAnalysis,
  node: Node,
  list: Node & { type: 'ArrayExpression' },
  options: UncheckedResponseOptions,
  depth: number,
): Use | undefined {
  const call = list.parent
  if (call?.type !== 'CallExpression' || dottedName(call.callee) !== 'Promise.all') return undefined
  const declarator = call.parent?.type === 'AwaitExpression' ? call.parent.parent : undefined
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'ArrayPattern') return undefined
  const element = declarator.id.elements[list.elements.indexOf(node as never)]
  const binding = element?.type === 'Identifier' ? analysis.file.resolve(element) : undefined
  return binding ? bindingUse(analysis, binding, options, depth + 1) : undefined
}

/** What becomes of an awaited response. */
function responseUse(
  analysis: FileAnalysis,
  awaited: Node,
  options: UncheckedResponseOptions,
  depth: number,
): Use | undefined {
  const node = outerExpression(awaited)
  const { parent } = node
  if (parent?.type === 'MemberExpression' && parent.object === node) {
    return BODY.has(memberName(parent) ?? '') ? { verdict: 'unchecked', name: 'response' } : undefined
  }
  if (parent?.type === 'CallExpression' && parent.callee !== node)
    return passedUse(analysis, parent, node, options, depth)
  const target =
    parent?.type === 'VariableDeclarator' && parent.init === node
      ? parent.id
      : parent?.type === 'AssignmentExpression' && parent.right === node
        ? parent.left
        : undefined
  if (target?.type === 'ObjectPattern') return patternUse(target)
  const binding = target?.type === 'Identifier' ? analysis.file.resolve(target) : undefined
  if (!binding || target?.type !== 'Identifier') return undefined
  const use = bindingUse(analysis, binding, options, depth + 1)
  const statement = parent?.type === 'VariableDeclarator' ? parent.parent : parent?.parent
  return use?.verdict === 'unchecked' && statement ? { ...use, ...suggestAfter(analysis, statement, target.name) } : use
}

function patternUse(pattern: Node & { type: 'ObjectPattern' }): Use | undefined {
  const names = pattern.properties.map((property) =>
    property.type === 'Property' ? propertyName(property as never) : undefined,
  )
  if (names.some((name) => name === undefined || CHECKS.has(name))) return undefined
  return names.some((name) => BODY.has(name ?? '')) ? { verdict: 'unchecked', name: 'response' } : undefined
}

/** A function of this file that gets the response: it may read the body unchecked itself. */
function passedUse(
  analysis: FileAnalysis,
  call: Node & { type: 'CallExpression' },
  argument: Node,
  options: UncheckedResponseOptions,
  depth: number,
): Use | undefined {
  if (options.checkers.includes(dottedName(call.callee) ?? calleeName(call.callee) ?? ''))
    return { verdict: 'fine', name: '' }
  const target = definitionOf(analysis.file, call.callee)
  const index = call.arguments.indexOf(argument as never)
  if (!isFunction(target) || index !== 0) return undefined
  return functionUse(analysis, target, options, depth + 1)
}

/** How a function treats the response that is its first parameter. */
function functionUse(
  analysis: FileAnalysis,
  target: FunctionNode,
  options: UncheckedResponseOptions,
  depth: number,
): Use | undefined {
  const [parameter] = target.params
  if (depth > 6 || !parameter || !target.body) return undefined
  if (parameter.type === 'ObjectPattern') return patternUse(parameter)
  const binding = parameter.type === 'Identifier' ? analysis.file.resolve(parameter) : undefined
  if (!binding) return undefined
  const use = bindingUse(analysis, binding, options, depth)
  if (use?.verdict !== 'unchecked' || target.body.type === 'BlockStatement') return use
  const body = textOf(analysis.file, target.body)
  const text = `{ if (!${binding.name}.ok) throw new Error(\`HTTP \${${binding.name}.status}\`); return ${body} }`
  return {
    ...use,
    suggestion: {
      messageId: 'addCheck',
      data: { name: binding.name },
      edits: [{ range: parenthesised(analysis, target.body), text }],
    },
  }
}

/** The range of an expression with the parentheses that a body needs around it. */
function parenthesised(analysis: FileAnalysis, body: Node): readonly [number, number] {
  const [start, end] = rangeOf(body)
  const before = /\(\s*$/.exec(analysis.file.text.slice(0, start).slice(-8))
  const after = /^\s*\)/.exec(analysis.file.text.slice(end, end + 8))
  const isObject = unwrap(body).type === 'ObjectExpression'
  return isObject && before && after ? [start - before[0].length, end + after[0].length] : [start, end]
}

/** How the references of a response treat it, in source order. */
function bindingUse(
  analysis: FileAnalysis,
  binding: Binding,
  options: UncheckedResponseOptions,
  depth: number,
): Use | undefined {
  let reads = false
  const references = [...analysis.file.references(binding)].sort((a, b) => rangeOf(a)[0] - rangeOf(b)[0])
  for (const reference of references) {
    const use = referenceUse(analysis, reference, options, depth)
    if (use === 'fine') {
      if (reads && options.checkFirst) break
      return { verdict: 'fine', name: binding.name }
    }
    if (use === 'unchecked') reads = true
  }
  return reads ? { verdict: 'unchecked', name: binding.name } : undefined
}

function referenceUse(
  analysis: FileAnalysis,
  reference: Node,
  options: UncheckedResponseOptions,
  depth: number,
): Verdict | undefined {
  const node = outerExpression(reference)
  const { parent } = node
  switch (parent?.type) {
    case 'MemberExpression': {
      if (parent.object !== node) return 'fine'
      const name = memberName(parent) ?? ''
      if (CHECKS.has(name)) return 'fine'
      return BODY.has(name) ? 'unchecked' : undefined
    }
    case 'AssignmentExpression':
      return parent.left === node ? undefined : 'fine'
    case 'VariableDeclarator':
      if (parent.id.type !== 'ObjectPattern') return 'fine'
      return patternUse(parent.id)?.verdict ?? 'fine'
    case 'UnaryExpression':
    case 'LogicalExpression':
    case 'IfStatement':
      return undefined
    case 'CallExpression': {
      const name = dottedName(parent.callee) ?? ''
      if (/^console\.|(^|\.)log(ger)?\./.test(name)) return undefined
      return passedUse(analysis, parent, node, options, depth)?.verdict ?? 'fine'
    }
    default:
      return 'fine'
  }
}

/** Inserts the check after the statement that declares or assigns the response. */
function suggestAfter(analysis: FileAnalysis, statement: Node, name: string): { suggestion?: Suggestion } {
  const place = statement.parent?.type
  if (place !== 'BlockStatement' && place !== 'Program') return {}
  if (statement.type === 'VariableDeclaration' && statement.declarations.length !== 1) return {}
  const [start, end] = rangeOf(statement)
  const { text } = analysis.file
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const indent = /^\s*/.exec(line)?.[0] ?? ''
  const semicolon = text[end - 1] === ';' ? ';' : ''
  const check = `if (!${name}.ok) throw new Error(\`HTTP \${${name}.status}\`)${semicolon}`
  return {
    suggestion: { messageId: 'addCheck', data: { name }, edits: [{ range: [end, end], text: `\n${indent}${check}` }] },
  }
}
