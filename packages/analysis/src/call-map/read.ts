import { yes, disabled, type ProjectFacts } from '../model/project-facts.ts'
import { kindFields, textHash, type CallMap } from './format.ts'
import { ownValue } from '../model/own-value.ts'

const errorClasses = new WeakMap<CallMap, boolean>()

/** Whether a file of the project exports an error class. */
export function hasErrorClass(map: CallMap): boolean {
  let known = errorClasses.get(map)
  if (known === undefined) {
    known = Object.values(map.files).some((file) => Object.values(file.exports).some((fact) => fact.errorClass))
    errorClasses.set(map, known)
  }
  return known
}

/** What the map knows about one file; undefined when the file is new or changed since the map was written. */
export function factsFromCallMap(map: CallMap, path: string, text: string): Partial<ProjectFacts> | undefined {
  const entry = ownValue(map.files, path)
  return entry?.hash === textHash(text) ? factsOfFile(map, path) : undefined
}

/** What the map knows about a file that it has, whatever became of it since. */
export function factsOfFile(map: CallMap, path: string): Partial<ProjectFacts> | undefined {
  const entry = ownValue(map.files, path)
  if (!entry) return undefined
  return {
    hasCallMap: true,
    ...kindFields(entry),
    ...(entry.httpModule ? { httpModule: entry.httpModule } : {}),
    imported(specifier, exportName) {
      const target = ownValue(entry.imports, specifier)
      return target === undefined ? undefined : ownValue(map.files[target]?.exports, exportName)
    },
    exported: (file, exportName) => ownValue(ownValue(map.files, file)?.exports, exportName),
    globalDefault(client, protection) {
      const source = map.globals[client]?.[protection]
      if (source === undefined) return undefined
      return source.startsWith('disabled ') ? disabled(source.slice('disabled '.length)) : yes(source)
    },
    hasErrorClass: () => hasErrorClass(map),
    isRetriedByCallers: (exportName) => ownValue(entry.usage, exportName)?.insideRetryOwner === true,
    callersWithout(exportName, parameter, option) {
      const usage = ownValue(entry.usage, exportName)
      if (!usage || usage.calls === 0) return undefined
      return { without: usage.calls - (usage.given[parameter]?.[option] ?? 0), calls: usage.calls }
    },
    instance: (localName) => map.instances[`${path}#${localName}`],
  }
}
