import type { ProposedFix } from '../rules/rule-runner.ts'
import { TODO_MARK, type Codemod, type CodemodInput, type CodemodResult, type Todo } from './codemod.ts'
import { applyProposals } from './proposed-edits.ts'
import { endsStatements, importNames, openSource, usesRequire } from './source-edits.ts'

/** Applies what the rules themselves propose, so that editor and command line make the same change. */
function fromRules(
  input: CodemodInput,
  rules: readonly string[],
  messageId: string,
  finish: (file: string, text: string, fixes: readonly ProposedFix[]) => { text: string; todos?: readonly Todo[] } = (
    _file,
    text,
  ) => ({ text }),
): CodemodResult {
  const texts = new Map<string, string>()
  const todos: Todo[] = []
  for (const { path, findings } of input.files) {
    const reported = rules.filter((rule) => findings.some((finding) => finding.rule === rule))
    for (const rule of reported) {
      const fixes = input.proposals(path, rule).filter((fix) => fix.messageId === messageId)
      if (fixes.length > 0) {
        const before = texts.get(path) ?? input.textOf(path)
        const done = finish(path, applyProposals(before, fixes), fixes)
        texts.set(path, done.text)
        todos.push(...(done.todos ?? []))
      }
      const fixed = new Set(fixes.map(({ line }) => line))
      for (const finding of findings)
        if (finding.rule === rule && !fixed.has(finding.line))
          todos.push({ file: path, line: finding.line, text: finding.message })
    }
  }
  return { texts, todos }
}

export const timeoutCodemod: Codemod = {
  name: 'timeout',
  description: 'Give calls and instances without a deadline a timeout',
  run: (input) => {
    const ms = input.timeoutMs
    return fromRules(
      {
        ...input,
        proposals: (file, rule) =>
          input.proposals(file, rule).map((fix) => ({
            ...fix,
            edits: fix.edits.map((edit) => ({ ...edit, text: edit.text.replace(/\b10000\b/, String(ms)) })),
          })),
      },
      ['require-timeout'],
      'addDeadline',
    )
  },
}

export const errorFieldsCodemod: Codemod = {
  name: 'log-fields',
  description: 'Log errors as a field in place of text that loses stack and cause',
  run: (input) => fromRules(input, ['structured-error-log'], 'asField'),
}

const WRAPPED = /\{ ?(.*?)throw new Error\('((?:[^'\\]|\\.)*) failed', \{ cause: ([\w$]+) \}\) \}$/s

/** The handler of a proposal, over several lines, with the error translated and a mark for whoever decides. */
function translated(text: string, replacement: string, start: number): string {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const margin = /^[ \t]*/.exec(line)?.[0] ?? ''
  const indent = margin + (/^\t/m.test(text) ? '\t' : /^ {2}\S/m.test(text) ? '  ' : '    ')
  const end = endsStatements(text) ? ';' : ''
  return replacement.replace(WRAPPED, (_whole, kept: string, operation: string, error: string) => {
    const lines = [
      ...(kept.trim() === '' ? [] : [kept.trim()]),
      `// ${TODO_MARK} callers got an empty value here; say what they get now.`,
      `throw toServiceError(${error}, { operation: '${operation}' })${end}`,
    ]
    return `{\n${lines.map((each) => `${indent}${each}\n`).join('')}${margin}}`
  })
}

export const serviceErrorCodemod: Codemod = {
  name: 'service-error',
  description: 'Turn handlers that drop an error (`catch { return null }`) into a service error with its cause',
  run: (input) => {
    const wraps = (file: string, rule: string): readonly ProposedFix[] =>
      input.proposals(file, rule).map((fix) => ({
        ...fix,
        edits: fix.edits.map(({ range, text }) => ({ range, text: translated(input.textOf(file), text, range[0]) })),
      }))
    return fromRules({ ...input, proposals: wraps }, ['no-bare-catch'], 'wrap', (file, text, fixes) => {
      const source = openSource(file, text)
      if (usesRequire(source))
        return {
          text: input.textOf(file),
          todos: fixes.map(({ line }) => ({ file, line, text: 'uses require(): change it by hand' })),
        }
      importNames(source, '@holdfast/core/service-errors', ['toServiceError'])
      const todos = fixes.map(({ line }) => ({
        file,
        line,
        text: 'callers got an empty value; say what they get now',
      }))
      return { text: source.getFullText(), todos }
    })
  },
}
