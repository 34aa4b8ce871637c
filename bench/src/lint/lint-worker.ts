import js from '@eslint/js'
import * as parser from '@typescript-eslint/parser'
import { ESLint, type Linter, type Rule } from 'eslint'
import type { LintFigures, LintTask } from './tasks.ts'

const task = JSON.parse(process.argv[2] ?? 'null') as LintTask

const EMPTY_RULE: Rule.RuleModule = { create: () => ({ Program: () => undefined }) }

const files = [...task.files]
const config: Linter.Config[] = [
  // Folders that start with a dot belong to tools and to tests that are running.
  { ignores: ['**/dist/', '**/coverage/', '**/fixtures/', '**/.*/'] },
  {
    files,
    languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
  },
]
if (task.rules === 'empty')
  config.push({ files, plugins: { empty: { rules: { rule: EMPTY_RULE } } }, rules: { 'empty/rule': 'error' } })
if (task.rules === 'own' || task.rules === 'own-and-recommended')
  config.push({ files, rules: js.configs.recommended.rules })
if (task.rules === 'recommended' || task.rules === 'own-and-recommended') {
  const { default: plugin } = await import('@holdfast/eslint-plugin')
  config.push({ files, ...plugin.configs.recommended })
}

const results = await new ESLint({
  cwd: task.root,
  overrideConfigFile: true,
  overrideConfig: config,
  // The repository's own directives name rules that are not loaded here.
  allowInlineConfig: false,
}).lintFiles(files)
const { user } = process.cpuUsage()
const figures: LintFigures = {
  userMs: user / 1_000,
  files: results.length,
  reports: results.reduce((sum, { messages }) => sum + messages.length, 0),
  // With no rule on, the only message a file can have is that it was not parsed.
  unparsed: results.reduce((sum, { fatalErrorCount }) => sum + fatalErrorCount, 0),
}
process.stdout.write(JSON.stringify(figures))
