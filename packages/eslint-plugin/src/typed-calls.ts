import path from 'node:path'
import type { FileAnalysis } from '@holdfast/analysis'
import type { Rule } from 'eslint'

/** The parts of TypeScript's checker that are used; the parser brings it, so no TypeScript is loaded here. */
interface TypeSymbol {
  readonly name: string
  readonly flags: number
  readonly declarations?: readonly Declaration[]
}
interface Declaration {
  readonly parent?: { readonly name?: { readonly text?: string } }
  getSourceFile(): { readonly fileName: string }
}
interface TypedNode {
  readonly expression?: TypedNode
  readonly name?: TypedNode
}
interface Checker {
  getTypeAtLocation(node: TypedNode): { getProperty(name: string): TypeSymbol | undefined }
  getSymbolAtLocation(node: TypedNode): TypeSymbol | undefined
  getAliasedSymbol(symbol: TypeSymbol): TypeSymbol
}
interface ParserServices {
  readonly program?: { getTypeChecker(): Checker } | null
  readonly esTreeNodeToTSNodeMap?: { get(node: unknown): TypedNode | undefined }
}

/** `SymbolFlags.Alias`: an import, which stands for what it imports. */
const ALIAS = 2_097_152

/** What a call does that only types can tell; undefined where the parser brings no types. */
export type TypedCalls = (call: unknown) => { readonly client: string } | undefined

/** Finds the function that a call calls by its types, and what the call map says of it. */
export function typedCalls(context: Rule.RuleContext, analysis: FileAnalysis): TypedCalls | undefined {
  const services = context.sourceCode.parserServices as ParserServices
  const nodes = services.esTreeNodeToTSNodeMap
  if (!services.program || !nodes) return undefined
  const checker = services.program.getTypeChecker()
  return (call) => {
    const node = nodes.get(call)
    if (!node?.expression || checker.getTypeAtLocation(node).getProperty('then') === undefined) return undefined
    const found = checker.getSymbolAtLocation(node.expression.name ?? node.expression)
    const symbol = found && (found.flags & ALIAS) !== 0 ? checker.getAliasedSymbol(found) : found
    const declaration = symbol?.declarations?.[0]
    if (!declaration) return undefined
    const file = path.relative(context.cwd, declaration.getSourceFile().fileName).split(path.sep).join('/')
    const owner = declaration.parent?.name?.text
    const wrapper =
      analysis.facts.exported(file, symbol.name)?.wrapper ??
      (owner === undefined ? undefined : analysis.facts.exported(file, owner)?.fields?.[symbol.name]?.wrapper)
    return wrapper?.rejects && wrapper.client !== undefined ? { client: wrapper.client } : undefined
  }
}
