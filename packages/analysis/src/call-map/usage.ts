import { configValue } from '../clients/config-values.ts'
import type { UsageFact } from '../model/project-facts.ts'
import { aroundCall } from '../protections/retries.ts'
import { keyName, type Node } from '../syntax/nodes.ts'
import type { FileLinks } from './file-record.ts'
import type { LoadedFile } from './loaded-files.ts'

interface MutableUsage {
  calls: number
  readonly deadlineParameters: Set<number>
  insideRetryOwner: boolean
  escapes: boolean
}

/** How this file uses functions that other files export. */
export function usageIn(loaded: LoadedFile): FileLinks['usage'] {
  const found: [string, string, UsageFact][] = []
  for (const declaration of loaded.file.imports) {
    for (const specifier of declaration.specifiers) {
      const name =
        specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : specifier.type === 'ImportSpecifier'
            ? keyName(specifier.imported, false)
            : undefined
      const binding = loaded.file.topLevel(specifier.local.name)
      if (name === undefined || !binding) continue
      const references = loaded.file.references(binding)
      if (references.length === 0) continue
      const use: MutableUsage = { calls: 0, deadlineParameters: new Set(), insideRetryOwner: false, escapes: false }
      for (const reference of references) recordUse(loaded, reference, use)
      found.push([declaration.source.value, name, finished(use)])
    }
  }
  return found
}

function recordUse(loaded: LoadedFile, reference: Node, use: MutableUsage): void {
  const call = reference.parent
  if (!use.insideRetryOwner && aroundCall(loaded, reference, 1)?.state === 'yes') use.insideRetryOwner = true
  if (call?.type !== 'CallExpression' || call.callee !== reference) {
    use.escapes = true
    return
  }
  use.calls += 1
  for (const [position, argument] of call.arguments.entries()) {
    if (argument.type === 'SpreadElement') use.escapes = true
    else if (['signal', 'timeout'].some((key) => configValue(loaded.file, argument, key).found !== 'absent'))
      use.deadlineParameters.add(position)
  }
}

/** The uses of a function by several files together. */
export function joinedUsage(first: UsageFact | undefined, second: UsageFact): UsageFact {
  if (!first) return second
  return finished({
    calls: first.calls + second.calls,
    deadlineParameters: new Set([...first.deadlineParameters, ...second.deadlineParameters]),
    insideRetryOwner: first.insideRetryOwner || second.insideRetryOwner,
    escapes: first.escapes || second.escapes,
  })
}

function finished({ deadlineParameters, ...use }: MutableUsage): UsageFact {
  const { calls, insideRetryOwner, escapes } = use
  const sorted = [...deadlineParameters].sort((first, second) => first - second)
  return { calls, deadlineParameters: sorted, insideRetryOwner, escapes }
}
