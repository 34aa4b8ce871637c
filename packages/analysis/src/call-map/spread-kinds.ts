import { configValue } from '../clients/config-values.ts'
import type { FileKind } from '../model/environment.ts'
import type { Environment } from '../model/project-facts.ts'
import { dottedName } from '../syntax/nodes.ts'
import type { Project, ProjectFile } from './project.ts'

export interface SpreadKind {
  environment?: Environment
  isTest: boolean
  isCli: boolean
}

/**
 * A file that only browser files import runs in the browser, one that only commands import is part of a command. Tests
 * do not spread: a library's own entry is often imported by nothing else.
 */
export function spreadKinds(project: Project, kinds: ReadonlyMap<string, FileKind>): Map<string, SpreadKind> {
  const importers = new Map<string, Set<string>>()
  for (const file of project.files.values()) {
    for (const target of file.imports.values()) {
      if (target !== '') importers.set(target, (importers.get(target) ?? new Set()).add(file.path))
    }
  }
  const spread = new Map<string, SpreadKind>()
  for (const [path_, kind] of kinds) {
    spread.set(path_, {
      ...(kind.ownEnvironment ? { environment: kind.ownEnvironment } : {}),
      isTest: kind.isTest,
      isCli: kind.usesCliModule,
    })
  }
  for (let changed = true; changed;) {
    changed = false
    for (const [path_, state] of spread) {
      const from = [...(importers.get(path_) ?? [])].map((importer) => spread.get(importer))
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
export function httpModulesOf(files: readonly ProjectFile[]): Map<string, 'timeout' | 'none'> {
  const verdicts = new Map<string, Set<'timeout' | 'none'>>()
  for (const importer of files) {
    const own = httpModuleVerdicts(importer)
    if (own.length === 0) continue
    for (const target of new Set(importer.imports.values())) {
      const known = verdicts.get(target) ?? new Set()
      for (const verdict of own) known.add(verdict)
      verdicts.set(target, known)
    }
  }
  const agreed = new Map<string, 'timeout' | 'none'>()
  for (const file of files) {
    if (!file.file.imports.some((declaration) => declaration.source.value === '@nestjs/axios')) continue
    const [verdict, ...others] = verdicts.get(file.path) ?? []
    if (verdict && others.length === 0) agreed.set(file.path, verdict)
  }
  return agreed
}

function httpModuleVerdicts(importer: ProjectFile): ('timeout' | 'none')[] {
  return importer.file.identifiersNamed('HttpModule').flatMap((use) => {
    const member = use.parent
    if (member?.type === 'ImportSpecifier') return []
    const call = member?.type === 'MemberExpression' ? member.parent : undefined
    if (call?.type !== 'CallExpression') return member?.type === 'ArrayExpression' ? ['none' as const] : []
    const config = call.arguments[0]
    const timeout = configValue(importer.file, config?.type === 'SpreadElement' ? undefined : config, 'timeout')
    const isGiven = /Async$/.test(dottedName(call.callee) ?? '') || timeout.found !== 'absent'
    return [isGiven ? ('timeout' as const) : ('none' as const)]
  })
}
