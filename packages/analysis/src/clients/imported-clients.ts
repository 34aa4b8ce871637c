import type { ExportFact } from '../model/project-facts.ts'
import { keyName, memberName, type ImportDeclaration } from '../syntax/nodes.ts'
import type { CodeContext } from './client-value.ts'

/** Objects in objects are searched this deep, as deep as they are summarised. */
const MAX_DEPTH = 5

/** False where nothing that a file imports is a client, makes one or holds one, as far as the call map tells. */
export function mayImportClients(context: CodeContext): boolean {
  const { file } = context
  if (file.nodesOf('ImportExpression').length > 0 || file.callsNamed('require').length > 0) return true
  if (file.program.body.some(({ type }) => type === 'TSImportEqualsDeclaration')) return true
  return file.imports.some((declaration) => bringsClient(context, declaration))
}

function bringsClient({ file, facts }: CodeContext, declaration: ImportDeclaration): boolean {
  const module = declaration.source.value
  const isClient = (name: string): boolean => leadsToClient(facts.imported(module, name), 0)
  return declaration.specifiers.some((specifier) => {
    if (specifier.type === 'ImportDefaultSpecifier') return isClient('default')
    if (specifier.type === 'ImportSpecifier') return isClient(keyName(specifier.imported, false) ?? '*')
    const binding = file.topLevel(specifier.local.name)
    return (binding ? file.references(binding) : []).some((reference) => {
      const { parent } = reference
      if (parent?.type === 'TSQualifiedName' || parent?.type === 'JSXMemberExpression') return false
      const name = parent?.type === 'MemberExpression' && parent.object === reference ? memberName(parent) : undefined
      return name === undefined || isClient(name)
    })
  })
}

function leadsToClient(fact: ExportFact | undefined, depth: number): boolean {
  if (!fact) return false
  if (fact.client !== undefined || fact.returnsClient !== undefined || depth > MAX_DEPTH) return true
  return fact.fields !== undefined && Object.values(fact.fields).some((field) => leadsToClient(field, depth + 1))
}
