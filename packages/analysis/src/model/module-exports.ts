import { definitionOf } from './values.ts'
import type { SourceFile } from './source-file.ts'
import { dottedName, keyName, unwrap, type Node } from '../syntax/nodes.ts'

/** What stands behind an exported name: an expression of this file, or a name of another module. */
export type ExportTarget = { readonly node: Node } | { readonly module: string; readonly name: string }

export interface ModuleExports {
  readonly named: ReadonlyMap<string, ExportTarget>
  readonly stars: readonly string[]
}

/** Reads the exports of a file, ESM and CommonJS. */
export function moduleExportsOf(file: SourceFile): ModuleExports {
  const named = new Map<string, ExportTarget>()
  const stars: string[] = []
  for (const statement of file.program.body) {
    switch (statement.type) {
      case 'ExportAllDeclaration': {
        const alias = statement.exported ? keyName(statement.exported, false) : undefined
        if (alias === undefined) stars.push(statement.source.value)
        else named.set(alias, { module: statement.source.value, name: '*' })
        break
      }
      case 'ExportDefaultDeclaration':
        named.set('default', { node: statement.declaration })
        break
      case 'ExportNamedDeclaration':
        readNamed(file, statement, named)
        break
      case 'TSExportAssignment':
        named.set('*', { node: statement.expression })
        named.set('default', { node: statement.expression })
        break
      default:
    }
  }
  for (const write of file.assignments) {
    const target = dottedName(write.left)
    if (target === 'module.exports') {
      named.set('*', { node: write.right })
      named.set('default', { node: write.right })
      const value = definitionOf(file, write.right)
      if (value.type !== 'ObjectExpression') continue
      for (const property of value.properties) {
        const name = property.type === 'Property' ? keyName(property.key, property.computed) : undefined
        if (name !== undefined && property.type === 'Property') named.set(name, { node: property.value })
      }
    } else {
      const match = /^(?:module\.)?exports\.([A-Za-z_$][\w$]*)$/.exec(target ?? '')
      if (match?.[1] !== undefined) named.set(match[1], { node: write.right })
    }
  }
  return { named, stars }
}

function readNamed(
  file: SourceFile,
  statement: Node & { type: 'ExportNamedDeclaration' },
  named: Map<string, ExportTarget>,
): void {
  const { declaration } = statement
  if (declaration?.type === 'VariableDeclaration') {
    for (const declarator of declaration.declarations) {
      if (declarator.id.type === 'Identifier')
        named.set(declarator.id.name, { node: declarator.init ? declarator.id : declarator })
    }
  } else if (
    (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration') &&
    declaration.id
  ) {
    named.set(declaration.id.name, { node: declaration })
  }
  for (const specifier of statement.specifiers) {
    const exported = keyName(specifier.exported, false)
    const local = keyName(specifier.local, false)
    if (exported === undefined || local === undefined) continue
    if (statement.source) {
      named.set(exported, { module: statement.source.value, name: local })
      continue
    }
    const binding = file.topLevel(local)
    const owner = binding?.declaration.parent
    if (binding?.kind === 'import' && owner?.type === 'ImportDeclaration') {
      const imported = binding.declaration
      const name =
        imported.type === 'ImportDefaultSpecifier'
          ? 'default'
          : imported.type === 'ImportSpecifier'
            ? keyName(imported.imported, false)
            : '*'
      named.set(exported, { module: owner.source.value, name: name ?? '*' })
    } else if (binding) named.set(exported, { node: unwrap(binding.identifier) })
  }
}
