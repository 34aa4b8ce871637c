import { keyName, stringValue } from '../syntax/nodes.ts'
import type { FileOutline } from './file-record.ts'
import type { LoadedFile } from './loaded-files.ts'

/** Asked of a file whose importer takes it as a whole. */
export const EVERYTHING = '**'

/** What a file exports, and what it asks of others; what nobody asks for is not written into the map. */
export function outlineOf({ file, exports }: LoadedFile): FileOutline {
  const asks: [string, string][] = []
  for (const statement of file.program.body) {
    const isReexport = statement.type === 'ExportAllDeclaration' || statement.type === 'ExportNamedDeclaration'
    if (isReexport && statement.source) asks.push([statement.source.value, EVERYTHING])
  }
  for (const { source, specifiers } of file.imports) {
    asks.push([source.value, '*'])
    for (const specifier of specifiers) {
      if (specifier.type === 'ImportSpecifier') asks.push([source.value, keyName(specifier.imported, false) ?? '*'])
      if (specifier.type === 'ImportDefaultSpecifier') asks.push([source.value, 'default'])
      if (specifier.type === 'ImportNamespaceSpecifier') asks.push([source.value, EVERYTHING])
    }
  }
  for (const call of file.callsNamed('require')) {
    const argument = call.arguments[0]
    if (call.callee.type !== 'Identifier' || argument?.type !== 'Literal' || typeof argument.value !== 'string')
      continue
    asks.push([argument.value, EVERYTHING], [argument.value, '*'], [argument.value, 'default'])
  }
  for (const { source } of file.nodesOf('ImportExpression')) {
    const specifier = stringValue(source)
    if (specifier !== undefined) asks.push([specifier, EVERYTHING])
  }
  return {
    exports: [...exports.named].map(([name, target]) => [
      name,
      'node' in target ? null : ([target.module, target.name] as const),
    ]),
    stars: exports.stars,
    asks,
  }
}
