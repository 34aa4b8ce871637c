import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildCallMap, writeCallMap } from '@holdfast/analysis/call-map'
import plugin from '@holdfast/eslint-plugin'
import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { onTestFinished } from 'vitest'
import { scanProject } from '../src/scan-project.ts'

export type RuleSet = 'recommended' | 'strict'

/** What ESLint with a call map reports over files, as `path:line:column-endLine:endColumn rule message`, sorted. */
async function eslintFindings(root: string, files: readonly string[], set: RuleSet, folder: string): Promise<string[]> {
  const callMap = path.join(folder, 'call-map.json')
  writeCallMap(buildCallMap(root), callMap)
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    ignore: false,
    overrideConfig: [
      { files: ['**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}'], languageOptions: { parser: tseslint.parser } },
      { ...plugin.configs[set] },
      { settings: { holdfast: { callMap } }, linterOptions: { reportUnusedDisableDirectives: 'off' } },
    ],
  })
  const results = await eslint.lintFiles(files.map((file) => path.join(root, file)))
  return results
    .flatMap(({ filePath, messages }) =>
      messages
        .filter(({ ruleId }) => ruleId?.startsWith('holdfast/'))
        .map(
          (found) =>
            `${path.relative(root, filePath)}:${found.line}:${found.column}-${found.endLine}:${found.endColumn} ${found.ruleId?.slice(9)} ${found.severity === 2 ? 'error' : 'warn'} ${found.message}`,
        ),
    )
    .sort()
}

/** What both report over the same files, in the same words. */
export async function bothFind(root: string, ruleSet: RuleSet): Promise<{ eslint: string[]; scanner: string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-parity-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const result = scanProject({ root, config: { ruleSet }, cache: false })
  const scanner = result.files.flatMap(({ findings }) =>
    findings.map(
      ({ path: file, line, column, endLine, endColumn, rule, severity, message }) =>
        `${file}:${line}:${column}-${endLine}:${endColumn} ${rule} ${severity} ${message}`,
    ),
  )
  const files = result.files.map((file) => file.path)
  return { eslint: await eslintFindings(result.root, files, ruleSet, folder), scanner: scanner.sort() }
}
