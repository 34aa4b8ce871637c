import type { FileAnalysis, KnownFile, ProjectFacts } from '@holdfast/analysis'
import { analysisOf } from '@holdfast/eslint-plugin/analysis-of'
import type { Rule } from 'eslint'
import { visitorKeys } from 'oxc-parser'
import { LineIndex } from '../files/line-index.ts'
import type { ParsedFile } from '../files/parsed-file.ts'
import { fingerprintsOf, type FindingIdentity } from '../findings/fingerprints.ts'
import type { ScanFinding } from '../findings/finding.ts'
import { inlineDirectives } from './inline-directives.ts'
import type { ActiveRule } from './rule-set.ts'

export interface RuleRun {
  /** Absolute path of the scanned folder. */
  readonly root: string
  readonly path: string
  readonly parsed: ParsedFile
  readonly rules: readonly ActiveRule[]
  /** `settings.holdfast`, without a call map. */
  readonly settings: object
  /** What the call map says of the file. */
  readonly mapped: Partial<ProjectFacts> | undefined
  /** Told of every change that a rule proposes. */
  readonly onFix?: (fix: ProposedFix) => void
}

/** A change that a rule proposes for a place; offsets are those of the text. */
export interface ProposedFix {
  readonly rule: string
  readonly messageId: string
  readonly line: number
  readonly edits: readonly { readonly range: readonly [number, number]; readonly text: string }[]
}

interface Fixer {
  replaceTextRange(range: readonly [number, number], text: string): ProposedFix['edits'][number]
}

interface Report {
  readonly suggest?: readonly { readonly messageId: string; readonly fix: (fixer: Fixer) => ProposedFix['edits'] }[]
  readonly node: { readonly start: number; readonly end: number }
  readonly messageId: string
  readonly data?: Readonly<Record<string, string>>
}

export interface RuleResult {
  readonly findings: readonly ScanFinding[]
  /** What the rules judged; undefined of a file in which nothing is reported. */
  readonly analysis: FileAnalysis | undefined
}

/** Runs rules of the ESLint plug-in over one file; they are the same modules, given the little of a context they ask for. */
export function runRules(run: RuleRun): RuleResult {
  const { parsed, path } = run
  const lines = new LineIndex(parsed.text)
  const isExcused = inlineDirectives(parsed.comments, parsed.text)
  const found: (Omit<ScanFinding, 'fingerprint'> & FindingIdentity)[] = []
  const sourceCode = {
    ast: parsed.program,
    text: parsed.text,
    visitorKeys,
    parserServices: { holdfast: { model: parsed.model, mapped: run.mapped } satisfies KnownFile },
    getAllComments: () => parsed.comments,
  }
  const shared = { cwd: run.root, filename: `${run.root}/${path}`, settings: { holdfast: run.settings }, sourceCode }
  for (const rule of run.rules) {
    const report = ({ node, messageId, data, suggest }: Report): void => {
      const start = lines.at(node.start)
      const end = lines.at(node.end)
      if (isExcused(rule.name, start.line, start.column)) return
      for (const { messageId: proposed, fix } of run.onFix ? (suggest ?? []) : [])
        run.onFix?.({ rule: rule.name, messageId: proposed, line: start.line, edits: fix(fixer) })
      const callCount = /^(\d+) calls?$/.exec(data?.['n'] ?? '')?.[1]
      found.push({
        rule: rule.name,
        severity: rule.severity,
        message: worded(rule.module.meta?.messages?.[messageId] ?? messageId, data),
        path,
        line: start.line,
        column: start.column,
        endLine: end.line,
        endColumn: end.column,
        ...(callCount === undefined ? {} : { callCount: Number(callCount) }),
        node,
      })
    }
    const context = { ...shared, id: `holdfast/${rule.name}`, options: rule.options, report }
    const listeners = rule.module.create(context as unknown as Rule.RuleContext) as Record<
      string,
      (node: unknown) => void
    >
    listeners['Program']?.(parsed.program)
    listeners['Program:exit']?.(parsed.program)
  }
  found.sort(
    (first, second) => first.line - second.line || first.column - second.column || (first.rule < second.rule ? -1 : 1),
  )
  const fingerprints = fingerprintsOf(found, parsed.text)
  return {
    findings: found.map(({ node: _node, ...finding }, index) => ({
      ...finding,
      fingerprint: fingerprints[index] ?? '',
    })),
    analysis: analysisOf(shared as unknown as Rule.RuleContext),
  }
}

const fixer: Fixer = { replaceTextRange: (range, text) => ({ range, text }) }

function worded(message: string, data: Readonly<Record<string, string>> | undefined): string {
  return message.replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (whole, name: string) => data?.[name] ?? whole)
}
