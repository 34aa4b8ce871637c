import { readLogCall } from '../errors/loggers.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { textOf } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  enclosingFunction,
  isFunction,
  isInside,
  propertyName,
  unwrap,
  walkOwnCode,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

const EMPTY_VALUES = /^(null|undefined|false|true|void 0|''|""|``|\[\]|\{\}|-?\d+|NaN)$/
/** The empty value of fp-ts, Effect and their like. */
const NO_VALUE = /^(O|Option|Maybe)\.(none|nothing)$/i
/** Keys by which a result object says that something failed. */
const FAILURE_KEY =
  /^(is)?_?(err|error|errors|fail|failed|failure|invalid|reason|message|code|status|warning)|Error$|Message$/i

/** `null`, `[]`, `new Map()`, and objects that only repeat names beside such values: nothing in them tells of a failure. */
export function isEmptyValue(analysis: FileAnalysis, node: Node): boolean {
  const plain = unwrap(node)
  if (EMPTY_VALUES.test(textOf(analysis.file, plain).replace(/\s/g, ''))) return true
  if (plain.type === 'NewExpression') return plain.arguments.length === 0
  if (NO_VALUE.test(dottedName(plain.type === 'CallExpression' ? plain.callee : plain) ?? '')) return true
  if (plain.type === 'ObjectExpression') return isEmptyObject(analysis, plain)
  if (plain.type === 'ArrayExpression')
    return plain.elements.every((element) => element !== null && isEmptyValue(analysis, element))
  if (plain.type !== 'Identifier') return false
  const value = definitionOf(analysis.file, plain)
  return value !== plain && value.type !== 'Identifier' && isEmptyValue(analysis, value)
}

const STAND_IN = /cache|stale|previous|last|known/i
const OWN_STAND_IN = /fallback|default/i

/** `catch { return documents }`: what was there before comes back as if the call had worked on it. */
function isInputGivenBack({ file }: FileAnalysis, body: Node, given: Node | null): boolean {
  const value = given ? unwrap(given) : undefined
  const binding = value?.type === 'Identifier' ? file.resolve(value) : undefined
  const owner = givingFunction(body)
  if (!binding || !owner || STAND_IN.test(binding.name)) return false
  if (binding.kind === 'parameter') return binding.declaration === owner
  if (OWN_STAND_IN.test(binding.name) || !isInside(binding.identifier, owner)) return false
  return !file.writes(binding).some((write) => isInside(write, body))
}

/** The function whose result a handler gives: for a rejection handler the one around it. */
function givingFunction(body: Node): FunctionNode | undefined {
  const owner = enclosingFunction(body)
  return owner?.body === body ? enclosingFunction(owner) : owner
}

function isEmptyObject(analysis: FileAnalysis, node: Node & { type: 'ObjectExpression' }): boolean {
  let empties = 0
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      if (dottedName(property.argument) === undefined) return false
      continue
    }
    const empty = isEmptyValue(analysis, property.value)
    const tells = FAILURE_KEY.test(propertyName(property) ?? '')
    const value = unwrap(property.value)
    if (tells && (!empty || (value.type === 'Literal' && value.value === true))) return false
    if (!empty && dottedName(value) === undefined) return false
    if (empty) empties += 1
  }
  return empties > 0 || node.properties.length === 0
}

/** Calls that only pass an empty value on: `resolve(null)`, `Promise.resolve([])`, `noop()`, `next()` without the error. */
export function isSettling(analysis: FileAnalysis, node: Node): boolean {
  const plain = unwrap(node)
  if (plain.type !== 'CallExpression') return false
  if (readLogCall(analysis, plain)) return false
  const name = calleeName(plain.callee) ?? ''
  // A method of that name, as of a queue, goes on to something else.
  const resolves = isResolver(analysis, plain.callee)
  if (!resolves && /^(next|done|cb|callback)$/.test(name))
    return plain.callee.type === 'Identifier' && plain.arguments.length === 0
  if (!resolves && !/^(resolve|noop|clearTimeout|clearInterval)$/.test(name)) return false
  return (
    name.startsWith('clear') ||
    plain.arguments.every((argument) => argument.type !== 'SpreadElement' && isEmptyValue(analysis, argument))
  )
}

/** The first parameter of `new Promise((done, fail) => ...)`, whatever its name. */
function isResolver({ file }: FileAnalysis, callee: Node): boolean {
  const binding = callee.type === 'Identifier' ? file.resolve(callee) : undefined
  if (binding?.kind !== 'parameter' || !isFunction(binding.declaration)) return false
  const { params, parent } = binding.declaration
  return params[0] === binding.identifier && parent?.type === 'NewExpression' && calleeName(parent.callee) === 'Promise'
}

/** True when the handler does anything but give an empty value: a call, a throw, an assignment that says something. */
export function handles(analysis: FileAnalysis, body: Node, handlers: readonly string[]): boolean {
  if (body.type !== 'BlockStatement')
    return !isEmptyValue(analysis, body) && !isSettling(analysis, body) && !isInputGivenBack(analysis, body, body)
  let handled = false
  walkOwnCode(body, (node) => {
    if (node.type === 'ThrowStatement' || node.type === 'UpdateExpression' || node.type === 'AwaitExpression')
      handled = true
    if (node.type === 'NewExpression' && node.arguments.length > 0) handled = true
    if (node.type === 'CallExpression' && !isSettling(analysis, node)) handled = true
    if (
      node.type === 'ReturnStatement' &&
      node.argument &&
      !isEmptyValue(analysis, node.argument) &&
      !isSettling(analysis, node.argument) &&
      !isInputGivenBack(analysis, body, node.argument)
    )
      handled = true
    if (node.type === 'AssignmentExpression') {
      const value = unwrap(node.right)
      const isFlag = value.type === 'Literal' && typeof value.value === 'boolean'
      if (isFlag || !isEmptyValue(analysis, node.right)) handled = true
    }
    if (node.type === 'CallExpression' && handlers.includes(calleeName(node.callee) ?? '')) handled = true
    return !handled
  })
  return handled
}

/** The value that a handler gives instead, as text; undefined when it gives none. */
export function givenValue(analysis: FileAnalysis, body: Node): string | undefined {
  if (body.type !== 'BlockStatement') return textOf(analysis.file, body)
  let value: string | undefined
  walkOwnCode(body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument) value = textOf(analysis.file, node.argument)
  })
  return value
}
