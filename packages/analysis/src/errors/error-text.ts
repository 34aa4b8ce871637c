import { calledFunction, definitionOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  isFunction,
  isInside,
  memberName,
  propertyName,
  someOwnNode,
  unwrap,
  unwrapAwait,
  type Node,
  type ObjectProperty,
} from '../syntax/nodes.ts'
import { firstFrom, startOf } from '../syntax/source-order.ts'
import { errorParameter, isErrorIdentifier, isMadeAnError, narrowedTo } from './error-values.ts'

/** The whole error, also through `x instanceof Error ? x : new Error(...)`. */
export function isWholeError(file: SourceFile, expression: Node, byName = false): boolean {
  const node = unwrap(expression)
  if (isErrorIdentifier(file, node, byName)) return true
  if (node.type === 'ConditionalExpression') return isWholeError(file, node.consequent, byName)
  if (node.type === 'MemberExpression' && memberName(node) === 'cause') return isWholeError(file, node.object, byName)
  if (node.type === 'LogicalExpression') {
    if (isWholeError(file, node.left, byName)) return true
    return isWholeError(file, node.right, byName) && !isFlattenedError(file, node.left, byName)
  }
  return isMadeAnError(file, node, byName)
}

const FLATTENERS =
  /^(String|stringify|inspect|format|concat|format\w*Error|\w*[eE]rror(Message|ToString|Text)|get\w*Error\w*|toString|toErrorMessage|describeError)$/

/** Text made of an error: its message or stack, `String(e)`, JSON, an interpolation, or a constant with one of these. */
export function isFlattenedError(file: SourceFile, expression: Node, byName: boolean, depth = 0): boolean {
  const node = unwrap(expression)
  if (depth > 5) return false
  const becomesText = (part: Node): boolean =>
    isWholeError(file, part, byName) ||
    isColouredError(file, unwrap(part), byName) ||
    (byName && isNamedError(file, unwrap(part))) ||
    isFlattenedError(file, part, byName, depth + 1)
  switch (node.type) {
    case 'TemplateLiteral':
      return node.expressions.some(becomesText)
    case 'BinaryExpression':
      return node.operator === '+' && [node.left, node.right].some(becomesText)
    case 'MemberExpression': {
      const name = memberName(node)
      if (name === 'stack' && byName && isNamedError(file, unwrap(node.object), true)) return true
      if (name === 'message' || name === 'stack') {
        const made = madeHere(file, node.object)
        if (made) return made.arguments.slice(0, 1).some((text) => isFlattenedError(file, text, byName, depth + 1))
        return isWholeError(file, node.object, byName)
      }
      return name === undefined && isFlattenedError(file, node.object, byName, depth + 1)
    }
    case 'LogicalExpression':
      return [node.left, node.right].some((side) => isFlattenedError(file, side, byName, depth + 1))
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].some((branch) => isFlattenedError(file, branch, byName, depth + 1))
    case 'ArrayExpression':
      return node.elements.some((element) => element !== null && isFlattenedError(file, element, byName, depth + 1))
    case 'CallExpression': {
      const callee = unwrap(node.callee)
      if (!FLATTENERS.test(calleeName(callee) ?? '') || returnsObject(file, callee)) return false
      const subjects: Node[] = [...node.arguments]
      if (callee.type === 'MemberExpression') subjects.push(callee.object)
      return subjects.some(becomesText)
    }
    case 'Identifier': {
      if (isTakenFromError(file, node)) return true
      const value = assignedJustBefore(file, node) ?? definitionOf(file, node)
      return value !== node && value.type !== 'Identifier' && isFlattenedError(file, value, false, depth + 1)
    }
    default:
      return false
  }
}

const COLOUR = /^(bold|dim|italic|underline|red|yellow|magenta|cyan|green|blue|white|black|gr[ae]y)(Bright)?$/

/** `colors.red(error)` inside a text. */
function isColouredError(file: SourceFile, node: Node, byName: boolean): boolean {
  if (node.type !== 'CallExpression' || !COLOUR.test(calleeName(node.callee) ?? '')) return false
  return node.arguments.some((argument) => isWholeError(file, argument, byName))
}

/** `reason = error.message; log.warn(reason)`: what the statement of a block around the name gives it last. */
function assignedJustBefore(file: SourceFile, name: Node & { type: 'Identifier' }): Node | undefined {
  const binding = file.resolve(name)
  if (!binding) return undefined
  const writes = file.writes(binding)
  const assignment = writes[firstFrom(writes, startOf(name), startOf) - 1]?.parent
  if (assignment?.type !== 'AssignmentExpression' || assignment.operator !== '=') return undefined
  const block = assignment.parent?.parent
  return block?.type === 'BlockStatement' && isInside(name, block) ? assignment.right : undefined
}

/** A function of this file that makes fields of an error, `{ name, message }`, though it is named like one that makes text. */
function returnsObject(file: SourceFile, callee: Node): boolean {
  const body = calledFunction(file, callee)?.body
  if (!body) return false
  if (body.type !== 'BlockStatement') return unwrap(body).type === 'ObjectExpression'
  return someOwnNode(
    body,
    (node) =>
      node.type === 'ReturnStatement' && node.argument !== null && unwrap(node.argument).type === 'ObjectExpression',
  )
}

/**
 * `const { error } = await attempt()`: a variable that only its name makes an error, unless it holds text. Where its
 * stack is read, a property of that name is one too.
 */
function isNamedError(file: SourceFile, node: Node, hasStack = false): boolean {
  if (hasStack && /^(err|error)$/.test(memberName(node) ?? '')) return true
  if (node.type === 'LogicalExpression') return isNamedError(file, unwrap(node.left), hasStack)
  if (node.type !== 'Identifier' || !/^(err|error)$/.test(node.name) || narrowedTo(node) === 'other') return false
  const binding = file.resolve(node)
  if (binding?.declaration.type !== 'VariableDeclarator') return false
  const { id, init } = binding.declaration
  if (init) return isAnswer(init) && (id.type !== 'ObjectPattern' || id.properties.every(isOutcome))
  const given = file.writes(binding).map(({ parent }) => parent)
  return given.length > 0 && given.every((write) => write?.type === 'AssignmentExpression' && !isText(write.right))
}

/** `{ data, error }`: one of the two; beside other results `error` is often a text. */
function isOutcome(property: Node): boolean {
  const name = property.type === 'Property' ? propertyName(property as ObjectProperty) : undefined
  return /^(data|result|value|ok|success|status|error|err)$/.test(name ?? '')
}

/** What a call gives that is not known to give text or the body of an answer. */
function isAnswer(init: Node): boolean {
  const made = unwrapAwait(init)
  return made.type === 'CallExpression' && !isText(made)
}

function isText(expression: Node): boolean {
  const node = unwrapAwait(expression)
  if (node.type === 'CallExpression')
    return /^(json|text|t)$|message|string|format|describe/i.test(calleeName(node.callee) ?? '')
  return node.type === 'TemplateLiteral' || node.type === 'Literal' || node.type === 'BinaryExpression'
}

/** An error that the code itself just made: its message is a text of the code, unless another error went into it. */
function madeHere(file: SourceFile, expression: Node): (Node & { type: 'NewExpression' }) | undefined {
  const node = unwrap(expression)
  const declaration = node.type === 'Identifier' ? file.resolve(node)?.declaration : undefined
  const init = declaration?.type === 'VariableDeclarator' ? declaration.init : undefined
  return init?.type === 'NewExpression' ? init : undefined
}

/** `catch ({ message })`, `.catch(({ stack }) => ...)` and `const { message } = error`. */
function isTakenFromError(file: SourceFile, node: Node & { type: 'Identifier' }): boolean {
  const binding = file.resolve(node)
  const property = binding?.identifier.parent
  if (!binding || property?.type !== 'Property' || property.parent?.type !== 'ObjectPattern') return false
  const name = propertyName(property as ObjectProperty)
  if (name !== 'message' && name !== 'stack') return false
  const { declaration } = binding
  const pattern: Node = property.parent
  if (declaration.type === 'CatchClause') return declaration.param === pattern
  if (isFunction(declaration)) return errorParameter(declaration) === pattern
  return (
    declaration.type === 'VariableDeclarator' &&
    declaration.id === pattern &&
    declaration.init !== null &&
    isErrorIdentifier(file, unwrap(declaration.init), false)
  )
}
