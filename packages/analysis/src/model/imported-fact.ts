import { ownValue } from './own-value.ts'
import type { ExportFact, ProjectFacts } from './project-facts.ts'

/** What the call map knows of a value that another file exports, or of a member of it. */
export function importedFact(
  facts: ProjectFacts,
  { module, path: [name = 'default', ...members] }: { readonly module: string; readonly path: readonly string[] },
): ExportFact | undefined {
  let fact = facts.imported(module, name)
  for (const member of members) fact = ownValue(fact?.fields, member)
  return fact
}
