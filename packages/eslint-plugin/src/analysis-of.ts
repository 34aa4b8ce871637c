import { analyseFile, type FileAnalysis } from '@holdfast/analysis'
import type { Rule } from 'eslint'
import { factsFor } from './project-knowledge.ts'
import { readSettings } from './settings.ts'

interface Cached {
  readonly settings: unknown
  readonly analysis: FileAnalysis
}

const analyses = new WeakMap<object, Cached>()

/** The analysis of the file being linted, made by the first rule that asks. */
export function analysisOf(context: Rule.RuleContext): FileAnalysis {
  const { sourceCode } = context
  const cached = analyses.get(sourceCode.ast)
  const raw = context.settings['holdfast']
  if (cached && cached.settings === raw) return cached.analysis
  const settings = readSettings(raw)
  const { path, facts } = factsFor(context.filename, context.cwd, sourceCode.text, settings)
  const comments = sourceCode.getAllComments().map((comment) => ({
    type: comment.type,
    value: comment.value,
    range: comment.range ?? ([0, 0] as [number, number]),
  }))
  const program = sourceCode.ast as unknown as Parameters<typeof analyseFile>[0]
  const analysis = analyseFile(program, comments, sourceCode.text, path, facts)
  analyses.set(sourceCode.ast, { settings: raw, analysis })
  return analysis
}
