import { definitionOf } from '../model/values.ts'
import type { Binding } from '../model/scopes.ts'
import type { SourceFile } from '../model/source-file.ts'
import { calleeName, dottedName, memberName, unwrap, unwrapAwait, type Node } from '../syntax/nodes.ts'

const REDACTING =
  /redact|mask|hash|hidden|obfuscat|censor|saniti[sz]|scrub|truncat|shorten|preview|encrypt|digest|safe/i
/** Members that a parsed or chained object has and a credential has not. */
const OBJECT_MEMBERS =
  /^(type|kind|loc|start|end|range|line|column|pos|offset|lexeme|symbol|decimals|address|children|map|content|aborted|isCancellationRequested|cancel|name|id|chainId|balance)$/
/** Objects whose members are labels, messages or flags, one for each field of a form. */
const LABEL_OBJECTS =
  /(errors?|touched|valid\w*|messages?|labels?|strings|translations|i18n|types?|colou?rs?|theme|icons?|fields|routes|paths|selectors|styles?|urls?|endpoints|placeholders|columns?)$/i

/** A value whose name says that it is redacted already, or only says whether there is one. */
export function isSafeValue(name: string | undefined): boolean {
  return (
    name !== undefined &&
    (name === 'undefined' || REDACTING.test(name) || /^(is|has|no|needs|should|use)[A-Z_]/.test(name))
  )
}

/** Values that `visit` can look into: texts and objects made in place. */
export function isPlainObjectValue(value: Node): boolean {
  return value.type === 'ObjectExpression' || value.type === 'TemplateLiteral' || value.type === 'BinaryExpression'
}

function isHarmlessDefinition(value: Node, redactors: readonly string[]): boolean {
  const node = unwrapAwait(value)
  switch (node.type) {
    case 'Literal':
      return true
    case 'TemplateLiteral':
      return node.expressions.length === 0
    case 'UnaryExpression':
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'NewExpression':
    case 'ObjectExpression':
    case 'ArrayExpression':
      return true
    case 'BinaryExpression':
      return node.operator !== '+'
    case 'ConditionalExpression':
      return isHarmlessDefinition(node.consequent, redactors) && isHarmlessDefinition(node.alternate, redactors)
    case 'CallExpression': {
      const name = calleeName(node.callee) ?? ''
      return REDACTING.test(name) || redactors.includes(name) || name === 'Symbol' || name === 'Boolean'
    }
    default:
      return false
  }
}

function isTypedHarmless(binding: Binding): boolean {
  const { identifier } = binding
  const type = identifier.type === 'Identifier' ? identifier.typeAnnotation?.typeAnnotation.type : undefined
  return type === 'TSBooleanKeyword' || type === 'TSNumberKeyword'
}

/** True for a secret-sounding name that stands for something else: a constant, a flag, a token of a parser, a label. */
export function isSafeName(file: SourceFile, node: Node, redactors: readonly string[]): boolean {
  if (node.type === 'MemberExpression') {
    const owner = dottedName(node.object) ?? calleeName(node.object) ?? ''
    if (/(^|\.)process\.env$|^import\.meta\.env$/.test(owner)) return false
    // Members of enumerations: `AuthType.Token`.
    if (/^[A-Z]/.test(owner) && /^[A-Z]/.test(memberName(node) ?? '')) return true
    return LABEL_OBJECTS.test(owner)
  }
  if (node.type !== 'Identifier') return false
  const binding = file.resolve(node)
  if (!binding) return false
  if (isTypedHarmless(binding)) return true
  if (binding.kind === 'import') return /^[A-Z][A-Z0-9_]*$/.test(node.name) || /^[A-Z]/.test(node.name)
  const value = definitionOf(file, node)
  if (value !== node && isHarmlessDefinition(value, redactors)) return true
  return file.references(binding).some((reference) => {
    const { parent } = reference
    return (
      parent?.type === 'MemberExpression' &&
      unwrap(parent.object) === reference &&
      OBJECT_MEMBERS.test(memberName(parent) ?? '')
    )
  })
}
