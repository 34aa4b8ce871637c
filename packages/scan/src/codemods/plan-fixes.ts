import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { factsFromCallMap } from '@holdfast/analysis'
import { readCallMapRecords } from '../cache/call-map-cache.ts'
import { cacheFolderOf } from '../cache/scan-cache.ts'
import type { HoldfastConfig } from '../config/config.ts'
import { reasonOf, ScanError } from '../errors.ts'
import { updatedCallMap } from '../files/call-map-of.ts'
import { parseFile } from '../files/parsed-file.ts'
import { activeRules } from '../rules/rule-set.ts'
import { runRules, type ProposedFix } from '../rules/rule-runner.ts'
import type { ScanResult } from '../scan-project.ts'
import type { Codemod, Todo } from './codemod.ts'
import { parseProblem } from './source-edits.ts'

export interface PlannedFile {
  readonly path: string
  /** Undefined: the file is new. */
  readonly before: string | undefined
  readonly after: string
}

export interface FixPlan {
  readonly files: readonly PlannedFile[]
  readonly todos: readonly Todo[]
}

/**
 * Works out what a codemod would change, and parses every changed file again.
 * @throws ScanError when a changed file could no longer be parsed: then nothing is written
 */
export function planFixes(
  codemod: Codemod,
  result: ScanResult,
  config: HoldfastConfig,
  given: { readonly host?: string; readonly timeoutMs: number },
): FixPlan {
  const texts = new Map<string, string>()
  const textOf = (file: string): string => {
    let text = texts.get(file)
    if (text === undefined) {
      text = readFileSync(path.join(result.root, file), 'utf8')
      texts.set(file, text)
    }
    return text
  }
  const { map } = updatedCallMap(result.root, readCallMapRecords(cacheFolderOf(result.root)))
  const { callMap: _, ...settings } = config.settings ?? {}
  const rules = activeRules(config.ruleSet ?? 'recommended', config.rules)
  const proposals = (file: string, rule: string): ProposedFix[] => {
    const text = textOf(file)
    const parsed = parseFile(file, text)
    if ('problem' in parsed || file.endsWith('.vue')) return []
    const fixes: ProposedFix[] = []
    const active = rules.filter(({ name }) => name === rule)
    const mapped = factsFromCallMap(map, file, text)
    runRules({
      root: result.root,
      path: file,
      parsed,
      rules: active,
      settings,
      mapped,
      onFix: (fix) => fixes.push(fix),
    })
    return fixes
  }
  const exists = (file: string): boolean => existsSync(path.join(result.root, file))
  const { texts: changed, todos } = run()
  const files = [...changed].flatMap(([file, after]): PlannedFile[] => {
    const before = exists(file) ? textOf(file) : undefined
    if (before === after) return []
    const problem = parseProblem(file, after)
    if (problem !== undefined)
      throw new ScanError(
        `The codemod ${codemod.name} would break ${file} (${problem}); nothing was changed. Please report this.`,
      )
    return [{ path: file, before, after }]
  })
  return { files: files.sort((first, second) => (first.path < second.path ? -1 : 1)), todos }

  function run(): ReturnType<Codemod['run']> {
    try {
      return codemod.run({
        root: result.root,
        files: result.files.filter((file) => !file.path.endsWith('.vue')),
        textOf,
        exists,
        proposals,
        ...given,
      })
    } catch (error) {
      throw new ScanError(`The codemod ${codemod.name} failed: ${reasonOf(error)} Nothing was changed.`, {
        cause: error,
      })
    }
  }
}
