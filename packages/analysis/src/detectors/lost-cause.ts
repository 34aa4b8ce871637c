import { calledErrorClass, isBuiltInError, makesError, type MadeError } from '../errors/error-classes.ts'
import { errorHandlerAround, type ErrorHandler } from '../errors/caught-errors.ts'
import { isFlattenedError } from '../errors/error-text.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import type { Binding } from '../model/scopes.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  isInside,
  memberName,
  propertyName,
  unwrap,
  unwrapAwait,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { suggestCause } from './cause-suggestion.ts'
import { classifyProtectedCode, isProbeCall } from './protected-code.ts'

export interface LostCauseOptions {
  /** Leaves to ESLint's `preserve-caught-error` what that rule reports: built-in errors thrown in a catch clause. */
  readonly delegate: boolean
}

/** `kept`: the caught error is in there; `unknown`: something was made of it that may keep it. */
type Carried = 'kept' | 'unknown' | 'no'

const KEEPING_MEMBERS = /^(cause|error|reason|original\w*|inner\w*|errors)$/

function either(parts: readonly Carried[]): Carried {
  if (parts.includes('kept')) return 'kept'
  return parts.includes('unknown') ? 'unknown' : 'no'
}

/** `errors.push(error)`: the error went into a list that the new one carries. */
function collects(file: SourceFile, list: Binding, caught: Binding): boolean {
  return file.references(caught).some((reference) => {
    const call = reference.parent
    const callee = call?.type === 'CallExpression' ? unwrap(call.callee) : undefined
    if (callee?.type !== 'MemberExpression' || !/^(push|unshift|add|set)$/.test(memberName(callee) ?? '')) return false
    const owner = unwrap(callee.object)
    return owner.type === 'Identifier' && file.resolve(owner) === list
  })
}

/** How much of a caught error an argument carries. */
function carried(file: SourceFile, caught: Binding, expression: Node, depth = 0): Carried {
  if (depth > 8) return 'unknown'
  const node = unwrapAwait(expression)
  const inner = (part: Node): Carried => carried(file, caught, part, depth + 1)
  switch (node.type) {
    case 'Identifier': {
      const binding = file.resolve(node)
      if (binding === caught || (binding && collects(file, binding, caught))) return 'kept'
      const value = definitionOf(file, node)
      return value === node || isFunction(value) || value.type === 'ClassDeclaration' ? 'no' : inner(value)
    }
    case 'MemberExpression':
      return KEEPING_MEMBERS.test(memberName(node) ?? '') ? inner(node.object) : 'no'
    case 'ObjectExpression':
      return either(
        node.properties.map((property) =>
          inner(property.type === 'SpreadElement' ? property.argument : property.value),
        ),
      )
    case 'ArrayExpression':
      return either(
        node.elements.map((element) =>
          element ? inner(element.type === 'SpreadElement' ? element.argument : element) : 'no',
        ),
      )
    case 'ConditionalExpression':
      return either([inner(node.consequent), inner(node.alternate)])
    case 'LogicalExpression':
      return either([inner(node.left), inner(node.right)])
    case 'NewExpression':
    case 'CallExpression': {
      if (isFlattenedError(file, node, true) || /^(String|toString|stringify)$/.test(calleeName(node.callee) ?? ''))
        return 'no'
      const parts: Node[] = node.arguments.map((part) => (part.type === 'SpreadElement' ? part.argument : part))
      const callee = unwrap(node.callee)
      if (callee.type === 'MemberExpression') parts.push(callee.object)
      return either(parts.map(inner)) === 'no' ? 'no' : 'unknown'
    }
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return file.references(caught).some((reference) => isInside(reference, node)) ? 'unknown' : 'no'
    default:
      return 'no'
  }
}

/** Whether the options of a built-in error have a cause. */
function optionsKeepCause(file: SourceFile, caught: Binding | undefined, argument: Node): boolean {
  const plain = unwrap(argument)
  if (plain.type === 'Identifier' && caught && file.resolve(plain) === caught) return false
  const options = definitionOf(file, plain)
  if (options.type !== 'ObjectExpression') return options.type !== 'Literal' && options.type !== 'TemplateLiteral'
  return options.properties.some((property) => property.type === 'SpreadElement' || propertyName(property) === 'cause')
}

function keepsCause(analysis: FileAnalysis, made: MadeError, caught: Binding | undefined): boolean {
  const { file } = analysis
  const args = made.arguments
  if (isBuiltInError(file, made.callee)) {
    const options = args.slice(1)
    if (args.some((argument) => argument.type === 'SpreadElement')) return true
    return options.some((argument) => optionsKeepCause(file, caught, argument))
  }
  if (args.some((argument) => argument.type === 'SpreadElement')) return true
  return args.some((argument) => {
    if (caught && carried(file, caught, argument) !== 'no') return true
    const options = unwrap(argument)
    return (
      options.type === 'ObjectExpression' &&
      options.properties.some((property) => property.type === 'Property' && propertyName(property) === 'cause')
    )
  })
}

/** An argument that the constructor of a known class has no parameter for. */
function isIgnoredByConstructor(analysis: FileAnalysis, made: MadeError, caught: Binding | undefined): boolean {
  const known = calledErrorClass(analysis, made.callee)
  if (!caught || known?.parameters === undefined || made.arguments.length <= known.parameters) return false
  const taken = made.arguments.slice(0, known.parameters)
  return !taken.some(
    (argument) => argument.type === 'SpreadElement' || carried(analysis.file, caught, argument) !== 'no',
  )
}

/** The `cause` or another trace of the caught error is put on the new error after it is made. */
function completedLater(file: SourceFile, name: Node & { type: 'Identifier' }, caught: Binding | undefined): boolean {
  const binding = file.resolve(name)
  if (!binding) return true
  return file.references(binding).some((reference) => {
    const { parent } = reference
    if (parent?.type === 'MemberExpression' && parent.object === reference) {
      const write = parent.parent
      if (write?.type !== 'AssignmentExpression' || write.left !== parent) {
        return write?.type === 'CallExpression' && write.callee === parent
      }
      return memberName(parent) === 'cause' || (caught !== undefined && carried(file, caught, write.right) !== 'no')
    }
    if (parent?.type !== 'CallExpression' || !caught || dottedName(parent.callee) === 'Error.captureStackTrace')
      return false
    return parent.arguments.some(
      (argument) =>
        argument !== reference && argument.type !== 'SpreadElement' && carried(file, caught, argument) !== 'no',
    )
  })
}

function madeError(analysis: FileAnalysis, expression: Node): MadeError | undefined {
  const node = unwrap(expression)
  if (node.type === 'NewExpression') return makesError(analysis, node.callee) ? node : undefined
  return node.type === 'CallExpression' && isBuiltInError(analysis.file, node.callee) ? node : undefined
}

function isRejection(call: CallExpression): boolean {
  const name = dottedName(call.callee)
  return name === 'reject' || name === 'Promise.reject'
}

function judge(analysis: FileAnalysis, place: Node, expression: Node, options: LostCauseOptions): Finding | undefined {
  const handler = errorHandlerAround(place)
  if (!handler) return undefined
  const { file } = analysis
  const given = unwrap(expression)
  const named = given.type === 'Identifier' ? definitionOf(file, given) : given
  const made = madeError(analysis, named)
  if (!made || !isInside(made, handler.body)) return undefined
  const caught = handler.parameter?.type === 'Identifier' ? file.resolve(handler.parameter) : undefined
  if (given.type === 'Identifier' && completedLater(file, given, caught)) return undefined
  const isKept = keepsCause(analysis, made, caught)
  if (isKept) {
    if (!isIgnoredByConstructor(analysis, made, caught)) return undefined
    return { node: made, messageId: 'ignored', data: { name: calleeName(made.callee) ?? 'This class' } }
  }
  if (isExempt(analysis, handler, place, made, options)) return undefined
  const suggestion = suggestCause(analysis, handler, made)
  return { node: made, messageId: 'lost', suggestions: suggestion ? [suggestion] : [] }
}

/** `import('optional').catch(() => { throw ... })` */
function isProbeHandler(analysis: FileAnalysis, handler: Node): boolean {
  const callee = handler.parent?.type === 'CallExpression' ? unwrap(handler.parent.callee) : undefined
  return callee?.type === 'MemberExpression' && isProbeCall(analysis, callee.object)
}

function isExempt(
  analysis: FileAnalysis,
  handler: ErrorHandler,
  place: Node,
  made: MadeError,
  options: LostCauseOptions,
): boolean {
  // Somebody decided to stop: the new error is no consequence of the caught one.
  if (/Cancel|Abort|Requested|Exit/.test(calleeName(made.callee) ?? '')) return true
  const inClause = handler.node.type === 'CatchClause'
  // `catch {` around a probe: the answer is all that was asked for.
  if (inClause && !handler.parameter && handler.protectedCode) {
    if (classifyProtectedCode(analysis, handler.protectedCode).isProbe) return true
  }
  if (!inClause && !handler.parameter && isProbeHandler(analysis, handler.node)) return true
  return options.delegate && inClause && place.type === 'ThrowStatement' && isBuiltInError(analysis.file, made.callee)
}

/** New errors in a handler that say nothing of the error they replace. */
export function findLostCauses(analysis: FileAnalysis, options: LostCauseOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  const add = (place: Node, expression: Node | undefined): void => {
    const finding = expression && judge(analysis, place, expression, options)
    if (finding) findings.push(finding)
  }
  for (const statement of analysis.file.nodesOf('ThrowStatement')) add(statement, statement.argument)
  for (const call of analysis.file.callsNamed('reject')) {
    const argument = call.arguments[0]
    if (isRejection(call) && argument?.type !== 'SpreadElement') add(call, argument)
  }
  return findings
}
