import {
  analyseFile,
  analyseModel,
  isExempt,
  type EachNode,
  type FileAnalysis,
  type KnownFile,
} from '@holdfast/analysis'
import type { Rule } from 'eslint'
import { factsFor } from './project-knowledge.ts'
import { settingsWith, type KnowledgeOptions } from './rule-knowledge.ts'
import { readSettings, type HoldfastSettings } from './settings.ts'

interface Cached {
  readonly ast: object
  readonly settings: unknown
  /** By what a rule's own options add; almost always there is one entry. */
  readonly byKnowledge: Map<string, FileAnalysis | undefined>
}

// Files are linted one after the other, so the last one is enough. A WeakMap would keep every tree until the next full
// garbage collection.
let last: Cached | undefined

/** The analysis of the file being linted, made by the first rule that asks; undefined where nothing is reported. */
export function analysisOf(context: Rule.RuleContext, knowledge?: KnowledgeOptions): FileAnalysis | undefined {
  const { ast } = context.sourceCode
  const settings = context.settings['holdfast']
  if (last?.ast !== ast || last.settings !== settings) last = { ast, settings, byKnowledge: new Map() }
  const key = knowledge ? JSON.stringify(knowledge) : ''
  const known = last.byKnowledge.get(key)
  if (known !== undefined || last.byKnowledge.has(key)) return known
  const { holdfast: file } = context.sourceCode.parserServices as { readonly holdfast?: KnownFile }
  const analysis = analyse(context, settingsWith(readSettings(settings), knowledge), file)
  last.byKnowledge.set(key, analysis)
  return analysis
}

function analyse(
  { sourceCode, filename, cwd }: Rule.RuleContext,
  settings: HoldfastSettings,
  file: KnownFile | undefined,
): FileAnalysis | undefined {
  const { path, facts } = factsFor(filename, cwd, sourceCode.text, settings, file)
  const program = sourceCode.ast as unknown as Parameters<typeof analyseFile>[0]
  if (isExempt(program, sourceCode.text, path, facts)) return undefined
  if (file?.model) return analyseModel(file.model, path, facts)
  const comments = sourceCode.getAllComments().map((comment) => ({
    type: comment.type,
    value: comment.value,
    range: comment.range ?? ([0, 0] as [number, number]),
  }))
  return analyseFile(program, comments, sourceCode.text, path, facts, sourceCode.visitorKeys, stepsOf(sourceCode))
}

const VISIT = 1
const ENTER = 1

interface Step {
  readonly kind: number
  readonly phase?: number
  readonly target: unknown
}

/** ESLint has walked the tree already and keeps its steps; oxlint has none. */
function stepsOf(sourceCode: Rule.RuleContext['sourceCode']): EachNode | undefined {
  const source = sourceCode as unknown as { traverse?: () => readonly Step[] }
  if (typeof source.traverse !== 'function') return undefined
  const steps = source.traverse()
  return (visit) => {
    for (let index = 0; index < steps.length; index += 1) {
      const step = steps[index] as Step
      if (step.kind === VISIT && step.phase === ENTER) visit(step.target as Parameters<typeof visit>[0])
    }
  }
}
