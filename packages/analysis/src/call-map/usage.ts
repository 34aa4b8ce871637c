import { configValue } from '../clients/config-values.ts'
import { aroundCall } from '../protections/retries.ts'
import { keyName, type Node } from '../syntax/nodes.ts'
import type { Project, ProjectFile } from './project.ts'

export interface MutableUsage {
  calls: number
  deadlineParameters: Set<number>
  insideRetryOwner: boolean
  escapes: boolean
}

/** How this file uses functions that other files export. */
export function recordUsage(project: Project, file: ProjectFile, usage: Map<string, Map<string, MutableUsage>>): void {
  for (const declaration of file.file.imports) {
    const target = project.resolve(file.path, declaration.source.value)
    if (target === undefined) continue
    for (const specifier of declaration.specifiers) {
      const name =
        specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : specifier.type === 'ImportSpecifier'
            ? keyName(specifier.imported, false)
            : undefined
      const binding = file.file.topLevel(specifier.local.name)
      if (name === undefined || !binding) continue
      const uses = file.file.references(binding)
      if (uses.length === 0) continue
      const defined = project.definitionOf(target, name) ?? { file: target, name }
      const perName = usage.get(defined.file) ?? new Map<string, MutableUsage>()
      usage.set(defined.file, perName)
      const entry = perName.get(defined.name) ?? {
        calls: 0,
        deadlineParameters: new Set<number>(),
        insideRetryOwner: false,
        escapes: false,
      }
      perName.set(defined.name, entry)
      for (const reference of uses) recordUse(file, reference, entry)
    }
  }
}

function recordUse(file: ProjectFile, reference: Node, entry: MutableUsage): void {
  const call = reference.parent
  if (!entry.insideRetryOwner && aroundCall(file.context, reference, 1)?.state === 'yes') entry.insideRetryOwner = true
  if (call?.type !== 'CallExpression' || call.callee !== reference) {
    entry.escapes = true
    return
  }
  entry.calls += 1
  for (const [position, argument] of call.arguments.entries()) {
    if (argument.type === 'SpreadElement') entry.escapes = true
    else if (['signal', 'timeout'].some((key) => configValue(file.file, argument, key).found !== 'absent'))
      entry.deadlineParameters.add(position)
  }
}
