import * as parser from '@typescript-eslint/parser'
import { SourceCode } from 'eslint'
import plugin from '@holdfast/eslint-plugin'
import { GROWTH_SHAPES } from './growth-shapes.ts'
import type { GrowthFigures, GrowthTask } from './tasks.ts'

const task = JSON.parse(process.argv[2] ?? 'null') as GrowthTask
const shape = GROWTH_SHAPES[task.shape]
if (!shape) throw new Error(`unknown shape "${task.shape}"`)

function parsed(text: string): SourceCode {
  const { ast, ...rest } = parser.parseForESLint(text, { range: true, loc: true, comment: true, tokens: true })
  const sourceCode = new SourceCode({ text, ast: ast as SourceCode.Config['ast'], ...(rest as object) })
  // ESLint walks the tree before any rule runs.
  sourceCode.traverse()
  return sourceCode
}

// As much text for each length: what a rule costs per line depends on how much of it the processor's caches hold, too.
const mostBlocks = Math.max(...task.blocks)
const filesOf = task.blocks.map((blocks) => Array.from({ length: mostBlocks / blocks }, () => parsed(shape(blocks))))

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
  const leastMs = task.blocks.map(() => Infinity)
  for (let round = 0; round < task.rounds; round += 1)
    for (const [index, files] of filesOf.entries()) {
      const ms = files.reduce((sum, file) => sum + millisecondsOf(name, file), 0)
      leastMs[index] = Math.min(leastMs[index] ?? ms, ms)
    }
  figures[name] = leastMs
}
const result: GrowthFigures = figures
process.stdout.write(JSON.stringify(result))
