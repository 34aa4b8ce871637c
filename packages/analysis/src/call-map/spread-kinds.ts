import type { Environment } from '../model/project-facts.ts'
import type { FileLinks } from './file-record.ts'
import type { ProjectFile } from './project.ts'

export interface SpreadKind {
  environment?: Environment
  isTest: boolean
  isCli: boolean
}

/**
 * A file that only browser files import runs in the browser, one that only commands import is part of a command. Tests
 * do not spread: a library's own entry is often imported by nothing else.
 */
export function spreadKinds(
  files: Iterable<ProjectFile>,
  links: ReadonlyMap<string, FileLinks>,
): Map<string, SpreadKind> {
  const importers = new Map<string, Set<string>>()
  for (const file of files) {
    for (const target of file.isTestByPath ? [] : file.imports.values()) {
      if (target !== '') importers.set(target, (importers.get(target) ?? new Set()).add(file.path))
    }
  }
  const spread = new Map<string, SpreadKind>()
  for (const [file, { kind }] of links) spread.set(file, { ...kind })
  for (let changed = true; changed;) {
    changed = false
    for (const [file, state] of spread) {
      const from = [...(importers.get(file) ?? [])].map((importer) => spread.get(importer))
      if (from.length === 0) continue
      const product = from.filter((importer) => importer?.isTest !== true)
      if (!state.isCli && product.length > 0 && product.every((importer) => importer?.isCli === true)) {
        state.isCli = true
        changed = true
      }
      if (
        state.environment === undefined &&
        product.length > 0 &&
        product.every((importer) => importer?.environment === 'browser')
      ) {
        state.environment = 'browser'
        changed = true
      }
    }
  }
  return spread
}

/** What the Nest modules that import a file say about the timeout of `HttpService`, where they agree. */
export function spreadHttpModules(
  files: ReadonlyMap<string, ProjectFile>,
  links: ReadonlyMap<string, FileLinks>,
): Map<string, 'timeout' | 'none'> {
  const verdicts = new Map<string, Set<'timeout' | 'none'>>()
  for (const [file, { httpModules }] of links) {
    if (httpModules.length === 0) continue
    for (const target of new Set(files.get(file)?.imports.values())) {
      const known = verdicts.get(target) ?? new Set()
      for (const verdict of httpModules) known.add(verdict)
      verdicts.set(target, known)
    }
  }
  const agreed = new Map<string, 'timeout' | 'none'>()
  for (const [file, { usesHttpService }] of links) {
    const [verdict, ...others] = verdicts.get(file) ?? []
    if (usesHttpService && verdict && others.length === 0) agreed.set(file, verdict)
  }
  return agreed
}
