/**
 * Type-checks the `ts` code blocks of the README files and of docs/, each as a module of its own, with the compiler
 * options of the workspace. A block that continues the one before it in the same file says so: ```ts continued.
 * A block that is not meant to compile uses another language tag (```js, ```text) or ```ts fragment.
 * The pages of docs/rules/ are checked by the tests of the rules instead.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { repositoryFiles } from './lib/repository-files.ts'
import { root } from './lib/workspace.ts'

interface Block {
  markdown: string
  line: number
  code: string
}

const snippets = path.join(root, 'docs/snippets')
const extracted = path.join(snippets, '.extracted')

function blocksOf(markdown: string): Block[] {
  const text = readFileSync(path.join(root, markdown), 'utf8')
  const blocks: Block[] = []
  for (const match of text.matchAll(/^```ts(?<info>[^\n]*)\n(?<code>.*?)^```$/gms)) {
    const { info = '', code = '' } = match.groups ?? {}
    if (info.includes('fragment')) continue
    const line = text.slice(0, match.index).split('\n').length + 1
    const previous = blocks.at(-1)
    if (info.includes('continued') && previous) {
      // Blank lines keep the line numbers of the page, so that an error names the line of the page.
      const gap = line - previous.line - (previous.code.split('\n').length - 1)
      previous.code += '\n'.repeat(gap) + code
    } else {
      blocks.push({ markdown, line, code })
    }
  }
  return blocks
}

function compilerOptions(): ts.CompilerOptions {
  const configFile = path.join(snippets, 'tsconfig.json')
  const config = ts.readConfigFile(configFile, ts.sys.readFile.bind(ts.sys))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, snippets)
  // A reader's example may declare a thing and leave it unused.
  return { ...options, noUnusedLocals: false, noUnusedParameters: false }
}

const pages = repositoryFiles().filter(
  (file) => file.endsWith('.md') && !/^docs\/rules\/|(?:^|\/)CHANGELOG\.md$|\.api\.md$|^\.changeset\//.test(file),
)
const blocks = new Map<string, Block>()
rmSync(extracted, { recursive: true, force: true })
mkdirSync(extracted)
try {
  for (const block of pages.flatMap(blocksOf)) {
    const file = path.join(extracted, `${block.markdown.replaceAll(/[^\w]+/g, '-')}-${block.line}.ts`)
    writeFileSync(file, block.code)
    blocks.set(file, block)
  }
  const program = ts.createProgram([...blocks.keys()], compilerOptions())
  const diagnostics = [...blocks.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  })
  for (const { file, start, messageText } of diagnostics) {
    const block = file && blocks.get(path.normalize(file.fileName))
    const place = block && `${block.markdown}:${block.line + file.getLineAndCharacterOfPosition(start ?? 0).line}`
    console.error(`${place ?? 'docs'}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`)
  }
  const errors = diagnostics.length
  console.log(`${blocks.size} code blocks of ${pages.length} pages checked, ${errors} errors`)
  if (errors > 0) process.exitCode = 1
} finally {
  rmSync(extracted, { recursive: true, force: true })
}
