import { analyseFile, type FileAnalysis } from '@holdfast/analysis'
import type { Rule } from 'eslint'
import { factsFor } from './project-knowledge.ts'
import { settingsWith, type KnowledgeOptions } from './rule-knowledge.ts'
import { readSettings, type HoldfastSettings } from './settings.ts'

interface Cached {
  readonly ast: object
  readonly settings: unknown
  /** By what a rule's own options add; almost always there is one entry. */
  readonly byKnowledge: Map<string, FileAnalysis>
}

// Files are linted one after the other, so the last one is enough. A WeakMap would keep every tree until the next full
// garbage collection.
let last: Cached | undefined

/** The analysis of the file being linted, made by the first rule that asks. */
export function analysisOf(context: Rule.RuleContext, knowledge?: KnowledgeOptions): FileAnalysis {
  const { ast } = context.sourceCode
  const settings = context.settings['holdfast']
  if (last?.ast !== ast || last.settings !== settings) last = { ast, settings, byKnowledge: new Map() }
  const key = knowledge ? JSON.stringify(knowledge) : ''
  let analysis = last.byKnowledge.get(key)
  if (!analysis) {
    analysis = analyse(context, settingsWith(readSettings(settings), knowledge))
    last.byKnowledge.set(key, analysis)
  }
  return analysis
}

function analyse({ sourceCode, filename, cwd }: Rule.RuleContext, settings: HoldfastSettings): FileAnalysis {
  const { path, facts } = factsFor(filename, cwd, sourceCode.text, settings)
  const comments = sourceCode.getAllComments().map((comment) => ({
    type: comment.type,
    value: comment.value,
    range: comment.range ?? ([0, 0] as [number, number]),
  }))
  const program = sourceCode.ast as unknown as Parameters<typeof analyseFile>[0]
  return analyseFile(program, comments, sourceCode.text, path, facts, sourceCode.visitorKeys)
}
