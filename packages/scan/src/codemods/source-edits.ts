import { IndentationText, Project, QuoteKind, ts, type Node, type SourceFile } from 'ts-morph'

/** Opens one file for edits; nothing else is read. */
export function openSource(file: string, text: string): SourceFile {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    skipFileDependencyResolution: true,
    compilerOptions: { allowJs: true },
    manipulationSettings: {
      quoteKind: /from "/.test(text) ? QuoteKind.Double : QuoteKind.Single,
      indentationText: indentationOf(text),
      usePrefixAndSuffixTextForRename: false,
    },
  })
  return project.createSourceFile(`/${file}`, text, { scriptKind: kindOf(file) })
}

function indentationOf(text: string): IndentationText {
  if (/^\t/m.test(text)) return IndentationText.Tab
  return /^ {2}\S/m.test(text) ? IndentationText.TwoSpaces : IndentationText.FourSpaces
}

function kindOf(file: string): ts.ScriptKind {
  return /\.[jt]sx$/.test(file) || /\.[cm]?js$/.test(file) ? ts.ScriptKind.TSX : ts.ScriptKind.TS
}

/** The outermost node of a kind that has exactly this extent. */
export function nodeAt(source: SourceFile, start: number, end: number): Node | undefined {
  let node = source.getDescendantAtPos(start)
  while (node && !(node.getStart() === start && node.getEnd() === end)) {
    if (node.getEnd() > end && node.getStart() < start) return undefined
    node = node.getParent()
  }
  return node
}

/** Whether a text ends its statements with semicolons. */
export function endsStatements(text: string): boolean {
  return /^(?:import|export|const|let)\b.*;[ \t]*$/m.test(text)
}

/** Imports names from a module, beside what the file imports from it already. */
export function importNames(source: SourceFile, module: string, names: readonly string[]): void {
  const known = source.getImportDeclaration(
    (declaration) =>
      declaration.getModuleSpecifierValue() === module &&
      !declaration.isTypeOnly() &&
      !declaration.getNamespaceImport(),
  )
  const imported = new Set(known?.getNamedImports().map((specifier) => specifier.getName()))
  const missing = names.filter((name) => !imported.has(name))
  if (missing.length === 0) return
  if (known) {
    known.addNamedImports(missing)
    return
  }
  const quote = /from "/.test(source.getText()) ? '"' : "'"
  const end = endsStatements(source.getFullText()) ? ';' : ''
  const last = source.getImportDeclarations().at(-1)
  const statement = `import { ${missing.join(', ')} } from ${quote}${module}${quote}${end}`
  if (last) source.insertStatements(last.getChildIndex() + 1, statement)
  else {
    // Below a hashbang, above everything else.
    const hashbang = /^#!.*\n/.exec(source.getFullText())?.[0].length ?? 0
    source.insertText(hashbang, `${statement}\n\n`)
  }
}

/** A statement in the style of the file. */
export function statementText(source: SourceFile, text: string): string {
  return `${text}${endsStatements(source.getFullText()) ? ';' : ''}`
}

/** CommonJS files get no `import`; a person changes them. */
export function usesRequire(source: SourceFile): boolean {
  return source.getImportDeclarations().length === 0 && /\brequire\(/.test(source.getFullText())
}

/** Whether a text can be parsed. */
export function parseProblem(file: string, text: string): string | undefined {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, kindOf(file)) as unknown as {
    parseDiagnostics?: readonly { messageText: string | { messageText: string } }[]
  }
  const [first] = parsed.parseDiagnostics ?? []
  if (!first) return undefined
  return typeof first.messageText === 'string' ? first.messageText : first.messageText.messageText
}
