import { logCallsOf } from '../errors/log-calls.ts'
import type { LogCall } from '../errors/loggers.ts'
import { loggerSourceOf } from '../errors/logger-sources.ts'
import { isSecretName, type SecretNames } from '../errors/secret-names.ts'
import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { textOf } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  isNullish,
  keyName,
  memberName,
  propertyName,
  rangeOf,
  stringValue,
  unwrap,
  unwrapAwait,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { isPlainObjectValue, isSafeName, isSafeValue } from './secret-values.ts'
import { isWholeRequestData } from './whole-request-data.ts'

export interface SecretLogOptions extends SecretNames {
  /** Functions that make a value safe to log. */
  readonly redactors: readonly string[]
}

const PASSING = /^(String|stringify|inspect|format|toString|trim|assign|concat|join)$/
const COLOURS = /^(chalk|picocolors|kleur|colorette|ansi-colors|kolorist|yoctocolors)(\/|$)/
const READERS = new Set(['get', 'header', 'getHeader', 'getItem'])
const MAX_DEPTH = 8

type ObjectExpression = Node & { type: 'ObjectExpression' }

interface Found {
  readonly node: Node
  readonly name: string
  /** The secret is part of a text, which no logger redacts. */
  readonly inText: boolean
}

class Search {
  readonly found: Found[] = []
  readonly analysis: FileAnalysis
  readonly options: SecretLogOptions

  constructor(analysis: FileAnalysis, options: SecretLogOptions) {
    this.analysis = analysis
    this.options = options
  }

  private isSecret(name: string | undefined): name is string {
    return name !== undefined && isSecretName(name, this.options)
  }

  private add(node: Node, name: string, inText: boolean): void {
    if (!this.found.some((known) => known.node === node)) this.found.push({ node, name, inText })
  }

  visit(expression: Node, inText: boolean, depth = 0): void {
    if (depth > MAX_DEPTH) return
    const node = unwrapAwait(expression)
    const inner = (part: Node, text = inText): void => {
      this.visit(part, text, depth + 1)
    }
    switch (node.type) {
      case 'Identifier':
      case 'MemberExpression':
        this.visitName(node, inText, depth)
        return
      case 'TemplateLiteral':
        for (const part of node.expressions) inner(part, true)
        return
      case 'BinaryExpression':
        if (node.operator === '+') for (const part of [node.left, node.right]) inner(part, true)
        return
      case 'ConditionalExpression':
        inner(node.consequent)
        inner(node.alternate)
        return
      case 'LogicalExpression':
        if (node.operator !== '&&') inner(node.left)
        inner(node.right)
        return
      case 'ObjectExpression':
        for (const [index, property] of node.properties.entries()) {
          if (property.type === 'SpreadElement') this.visitSpread(node, index, inText, depth)
          else this.visitProperty(property, inText, depth)
        }
        return
      case 'ArrayExpression':
        for (const element of node.elements)
          if (element) inner(element.type === 'SpreadElement' ? element.argument : element)
        return
      case 'CallExpression':
        this.visitCall(node, inText, depth)
        return
      default:
    }
  }

  private visitName(node: Node, inText: boolean, depth: number): void {
    const name = node.type === 'Identifier' ? node.name : memberName(node)
    const { file } = this.analysis
    if (this.isSecret(name)) {
      if (!isSafeName(file, node, this.options.redactors)) this.add(node, dottedName(node) ?? name, inText)
      return
    }
    const whole = isWholeRequestData(this.analysis, node)
    if (whole !== undefined) {
      this.add(node, whole, inText)
      return
    }
    if (node.type !== 'Identifier') return
    // A constant text or object that was made a few lines before.
    const value = definitionOf(file, node)
    if (value === node || !isPlainObjectValue(value)) return
    const search = new Search(this.analysis, this.options)
    search.visit(value, inText, depth + 1)
    const first = search.found[0]
    if (first) this.add(node, first.name, inText || first.inText)
  }

  /** `{ ...headers, Authorization: '[redacted]' }`: what follows a spread replaces what it brings. */
  private visitSpread(object: ObjectExpression, index: number, inText: boolean, depth: number): void {
    const [spread, ...later] = object.properties.slice(index)
    if (spread?.type !== 'SpreadElement') return
    const replaced = new Set(later.flatMap((property) => (property.type === 'Property' ? propertyName(property) : [])))
    const value = definitionOf(this.analysis.file, unwrap(spread.argument))
    if (value.type !== 'ObjectExpression' || replaced.size === 0) {
      this.visit(spread.argument, inText, depth + 1)
      return
    }
    const search = new Search(this.analysis, this.options)
    for (const property of value.properties) {
      if (property.type === 'SpreadElement') search.visit(property.argument, inText, depth + 1)
      else if (!replaced.has(propertyName(property) ?? '')) search.visitProperty(property, inText, depth + 1)
    }
    const [first] = search.found
    if (first) this.add(spread.argument, first.name, inText || first.inText)
  }

  private visitProperty(property: Node & { type: 'Property' }, inText: boolean, depth: number): void {
    const name = keyName(property.key, property.computed)
    const value = unwrapAwait(property.value)
    if (this.isSecret(name) && (value.type === 'Identifier' || value.type === 'MemberExpression')) {
      const valueName = value.type === 'Identifier' ? value.name : memberName(value)
      if (!isSafeValue(valueName) && !isSafeName(this.analysis.file, value, this.options.redactors))
        this.add(property.value, name, inText)
      return
    }
    if (name !== undefined && this.options.allow.includes(name)) return
    this.visit(property.value, inText, depth + 1)
  }

  private visitCall(node: CallExpression, inText: boolean, depth: number): void {
    const callee = unwrap(node.callee)
    const name = calleeName(callee) ?? ''
    const read = READERS.has(name) ? stringValue(node.arguments[0]) : undefined
    if (read !== undefined && callee.type === 'MemberExpression' && this.isSecret(read)) {
      this.add(node, read, inText)
      return
    }
    const origin = originOf(this.analysis.file, callee)
    const isColour = origin?.from === 'module' && COLOURS.test(origin.module)
    if (!PASSING.test(name) && !isColour) return
    // A replacer decides what is left of the value.
    if (name === 'stringify' && node.arguments[1] && !isNullish(node.arguments[1])) return
    const isText = inText || name !== 'assign'
    const passesItself = callee.type === 'MemberExpression' && ['toString', 'trim', 'concat', 'join'].includes(name)
    if (passesItself) this.visit(callee.object, isText, depth + 1)
    for (const argument of node.arguments) {
      if (argument.type !== 'SpreadElement') this.visit(argument, isText, depth + 1)
    }
  }
}

function isUserInterface(analysis: FileAnalysis, log: LogCall): boolean {
  return log.dialect === 'console' && (analysis.kind.isCli || analysis.kind.environment === 'browser')
}

function redactsFields(analysis: FileAnalysis, log: LogCall): boolean {
  const callee = unwrap(log.node.callee)
  if (callee.type !== 'MemberExpression') return false
  return loggerSourceOf(analysis, callee.object)?.options.has('redact') ?? false
}

function suggestion(analysis: FileAnalysis, node: Node, redactor: string): Suggestion {
  const written = `${redactor}(${textOf(analysis.file, node)})`
  const { parent } = node
  const isShorthand = parent?.type === 'Property' && parent.shorthand
  const text = isShorthand ? `${keyName(parent.key, false) ?? ''}: ${written}` : written
  return { messageId: 'redact', data: { text: written }, edits: [{ range: rangeOf(node), text }] }
}

/** Credentials on their way into a log. */
export function findSecretsInLogs(analysis: FileAnalysis, options: SecretLogOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const redactor = options.redactors[0] ?? 'redact'
  return logCallsOf(analysis).flatMap((log) => {
    if (isUserInterface(analysis, log)) return []
    const search = new Search(analysis, options)
    for (const argument of log.node.arguments) {
      const value = argument.type === 'SpreadElement' ? argument.argument : argument
      if (!isFunction(value)) search.visit(value, false)
    }
    if (search.found.length === 0) return []
    const isRedacted = redactsFields(analysis, log)
    return search.found
      .filter(({ inText }) => inText || !isRedacted)
      .map(({ node, name }) => ({
        node,
        messageId: 'secret',
        data: { name },
        suggestions: [suggestion(analysis, node, redactor)],
      }))
  })
}
