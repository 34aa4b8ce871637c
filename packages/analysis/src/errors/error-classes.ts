import type { CodeContext } from '../clients/client-value.ts'
import type { ErrorClassFact } from '../model/project-facts.ts'
import { definitionOf, originOf, superclassOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  keyName,
  someNode,
  unwrap,
  type CallExpression,
  type Class,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'

export type MadeError = NewExpression | CallExpression

const BUILT_IN = /^(Error|EvalError|RangeError|ReferenceError|SyntaxError|TypeError|URIError)$/
/** Names of classes that are errors wherever they come from. */
export const ERROR_NAME = /(?:Error|Exception|Failure|Fault)\d*$/

const builtIn: ErrorClassFact = { parameters: 2, causeAt: 1, causeIn: 'options' }

export function isBuiltInError(file: SourceFile, callee: Node): boolean {
  const node = unwrap(callee)
  return node.type === 'Identifier' && BUILT_IN.test(node.name) && !file.resolve(node)
}

function extendsError(file: SourceFile, target: Class, depth = 0): boolean {
  if (!target.superClass || depth > 6) return false
  if (isBuiltInError(file, target.superClass)) return true
  const parent = superclassOf(file, target)
  return parent ? extendsError(file, parent, depth + 1) : ERROR_NAME.test(calleeName(target.superClass) ?? '')
}

function causeParameter(parameter: Node): ErrorClassFact['causeIn'] {
  const inner = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
  const target = inner.type === 'AssignmentPattern' ? inner.left : inner
  if (target.type === 'ObjectPattern') {
    const takesCause = target.properties.some(
      (property) => property.type === 'RestElement' || keyName(property.key, property.computed) === 'cause',
    )
    return takesCause ? 'options' : undefined
  }
  if (target.type !== 'Identifier') return undefined
  if (/^_?(cause|original\w*|inner\w*|previous\w*|wrapped\w*|source|err|error)$/i.test(target.name)) return 'argument'
  const type = target.typeAnnotation?.typeAnnotation
  const typeName = type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : ''
  return /^_?(options|opts|init)$/.test(target.name) || typeName === 'ErrorOptions' ? 'options' : undefined
}

/** How the constructor of an error class takes a cause; undefined for a class that is no error. */
export function errorClassOf(file: SourceFile, target: Class, depth = 0): ErrorClassFact | undefined {
  if (depth > 6 || !extendsError(file, target)) return undefined
  const made = target.body.body.find((member) => member.type === 'MethodDefinition' && member.kind === 'constructor')
  if (made?.type !== 'MethodDefinition') {
    if (target.superClass && isBuiltInError(file, target.superClass)) return builtIn
    const parent = superclassOf(file, target)
    return parent ? errorClassOf(file, parent, depth + 1) : {}
  }
  const { params, body } = made.value
  const readsArguments = body && someNode(body, (node) => node.type === 'Identifier' && node.name === 'arguments')
  const isOpen = readsArguments === true || params.some((parameter) => parameter.type === 'RestElement')
  const causeAt = params.findIndex((parameter) => causeParameter(parameter) !== undefined)
  const parameter = params[causeAt]
  const causeIn = parameter && causeParameter(parameter)
  return { ...(isOpen ? {} : { parameters: params.length }), ...(causeIn ? { causeAt, causeIn } : {}) }
}

/** What is known of the class that a `new` expression names: built in, of this file, or of the call map. */
export function calledErrorClass(context: CodeContext, callee: Node): ErrorClassFact | undefined {
  if (isBuiltInError(context.file, callee)) return builtIn
  const target = definitionOf(context.file, callee)
  if (target.type === 'ClassDeclaration' || target.type === 'ClassExpression') return errorClassOf(context.file, target)
  const origin = originOf(context.file, callee)
  if (origin?.from !== 'module') return undefined
  return context.facts.imported(origin.module, origin.path[0] ?? 'default')?.errorClass
}

/** True where the name or the class says that a `new` expression makes an error. */
export function makesError(context: CodeContext, callee: Node): boolean {
  return ERROR_NAME.test(calleeName(callee) ?? '') || calledErrorClass(context, callee) !== undefined
}
