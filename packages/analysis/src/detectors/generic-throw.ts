import { errorClassOf, isBuiltInError } from '../errors/error-classes.ts'
import { errorHandlerAround } from '../errors/caught-errors.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { clientReachedIn, reachesClientBefore } from '../places/client-reach.ts'
import { exportedFunctionAround } from '../places/exported-code.ts'
import { calleeName, dottedName, isFunction, someNode, unwrap, type Node } from '../syntax/nodes.ts'
import { startOf } from '../syntax/source-order.ts'

export interface GenericThrowOptions {
  /** Names of the domain's error classes, for projects without a call map. */
  readonly domainErrors: readonly string[]
}

const PROGRAMMING_ERROR =
  /unreachable|never|invariant|impossible|should(n't| not)|must (be|not|have)|required|missing|not implemented|unsupported|unknown (type|kind|option)|invalid (argument|option|parameter|config)|expected|not (set|defined|configured|initiali[sz]ed)/i
const ASSERTING_NAME = /^(assert|invariant|ensure|validate|require|check)/

/** The project has errors of its own to throw: in this file, imported by it, in the call map or in the options. */
function hasDomainErrors(analysis: FileAnalysis, options: GenericThrowOptions): boolean {
  const { file, facts } = analysis
  if (options.domainErrors.length > 0 || facts.hasErrorClass()) return true
  if (file.classes.some((target) => errorClassOf(file, target) !== undefined)) return true
  return file.imports.some(
    (declaration) =>
      declaration.source.value.startsWith('.') &&
      declaration.specifiers.some((specifier) => /[a-z]Error$/.test(specifier.local.name)),
  )
}

function isGeneric(analysis: FileAnalysis, expression: Node): boolean {
  const node = unwrap(expression)
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false
  return /^(Error|TypeError)$/.test(calleeName(node.callee) ?? '') && isBuiltInError(analysis.file, node.callee)
}

/** Errors that only a wrong program meets: invariants, unreachable branches, checks of arguments. */
function isProgrammingError(place: Node, expression: Node, owner: Node): boolean {
  const says = someNode(expression, (node) => {
    if (node.type === 'Literal') return typeof node.value === 'string' && PROGRAMMING_ERROR.test(node.value)
    return node.type === 'TemplateElement' && PROGRAMMING_ERROR.test(node.value.raw)
  })
  if (says) return true
  for (let current: Node | null | undefined = place.parent; current && current !== owner; current = current.parent) {
    if (current.type === 'SwitchCase' && current.test === null) return true
    if (isFunction(current) && ASSERTING_NAME.test(current.id?.name ?? '')) return true
  }
  return false
}

function judge(analysis: FileAnalysis, place: Node, expression: Node): Finding | undefined {
  if (!isGeneric(analysis, expression)) return undefined
  const owner = exportedFunctionAround(analysis.file, place)
  if (!owner || ASSERTING_NAME.test(owner.name) || clientReachedIn(analysis, owner.node) === undefined) return undefined
  // What is thrown before anything was sent is about the arguments.
  const isThrow = place.type === 'ThrowStatement'
  if (isThrow && !errorHandlerAround(place) && !reachesClientBefore(analysis, owner.node, startOf(place)))
    return undefined
  if (isProgrammingError(place, expression, owner.node)) return undefined
  return { node: place, messageId: 'generic', data: { operation: owner.name } }
}

/** Failures of calls that callers cannot tell from any other error. */
export function findGenericThrows(analysis: FileAnalysis, options: GenericThrowOptions): Finding[] {
  const { kind, file } = analysis
  // A component shows the failure itself; nobody catches what it throws.
  if (kind.isTest || kind.isScript || file.hasJsx || !hasDomainErrors(analysis, options)) return []
  const findings: Finding[] = []
  const add = (place: Node, expression: Node | undefined): void => {
    const finding = expression && judge(analysis, place, expression)
    if (finding) findings.push(finding)
  }
  for (const statement of file.nodesOf('ThrowStatement')) add(statement, statement.argument)
  for (const call of file.callsNamed('reject')) {
    const name = dottedName(call.callee)
    const argument = call.arguments[0]
    if ((name === 'reject' || name === 'Promise.reject') && argument?.type !== 'SpreadElement') add(call, argument)
  }
  return findings
}
