import * as parser from '@typescript-eslint/parser'
import { SourceCode } from 'eslint'
import plugin from '@holdfast/eslint-plugin'
import { GROWTH_SHAPES } from './growth-shapes.ts'
import type { GrowthFigures, GrowthTask } from './tasks.ts'

const task = JSON.parse(process.argv[2] ?? 'null') as GrowthTask
const shape = GROWTH_SHAPES[task.shape]
if (!shape) throw new Error(`unknown shape "${task.shape}"`)

const sources = task.blocks.map((blocks) => {
  const text = shape(blocks)
  const { ast, ...rest } = parser.parseForESLint(text, { range: true, loc: true, comment: true, tokens: true })
  const sourceCode = new SourceCode({ text, ast: ast as SourceCode.Config['ast'], ...(rest as object) })
  // ESLint walks the tree before any rule runs.
  sourceCode.traverse()
  return sourceCode
})

/** Runs one rule and what it needs of the analysis; fresh settings keep it from finding the analysis of another rule. */
function millisecondsOf(name: string, sourceCode: SourceCode): number {
  const rule = plugin.rules?.[name]
  if (!rule) throw new Error(`unknown rule "${name}"`)
  const context = {
    id: name,
    filename: 'src/grown.ts',
    cwd: process.cwd(),
    sourceCode,
    options: [],
    settings: { holdfast: { callMap: false } },
    languageOptions: {},
    report: () => undefined,
  }
  // Of so short a time the kernel knows the whole better than the part of it that is the user's.
  const startedMs = performance.now()
  const listeners = rule.create(context as never)
  listeners['Program']?.(sourceCode.ast)
  return performance.now() - startedMs
}

const figures: Record<string, number[]> = {}
for (const name of Object.keys(plugin.rules ?? {})) {
  const [smallest] = sources
  if (smallest) millisecondsOf(name, smallest)
  figures[name] = sources.map((source) =>
    Math.min(...Array.from({ length: task.rounds }, () => millisecondsOf(name, source))),
  )
}
const result: GrowthFigures = figures
process.stdout.write(JSON.stringify(result))
