import { yes, disabled, type ProjectFacts } from '../model/project-facts.ts'
import { textHash, type CallMap } from './format.ts'

const errorClasses = new WeakMap<CallMap, readonly string[]>()

function errorClassesOf(map: CallMap): readonly string[] {
  let names = errorClasses.get(map)
  if (!names) {
    names = Object.values(map.files).flatMap((file) =>
      Object.entries(file.exports).flatMap(([name, fact]) => (fact.errorClass ? name : [])),
    )
    errorClasses.set(map, names)
  }
  return names
}

/** What the map knows about one file; undefined when the file is new or changed since the map was written. */
export function factsFromCallMap(map: CallMap, path: string, text: string): Partial<ProjectFacts> | undefined {
  const entry = Object.hasOwn(map.files, path) ? map.files[path] : undefined
  if (entry?.hash !== textHash(text)) return undefined
  return {
    hasCallMap: true,
    errorClasses: errorClassesOf(map),
    ...(entry.environment ? { environment: entry.environment } : {}),
    ...(entry.isTest ? { isTest: true } : {}),
    ...(entry.isCli ? { isCli: true } : {}),
    ...(entry.httpModule ? { httpModule: entry.httpModule } : {}),
    imported(specifier, exportName) {
      const target = Object.hasOwn(entry.imports, specifier) ? entry.imports[specifier] : undefined
      const exported = target === undefined ? undefined : map.files[target]?.exports
      return exported && Object.hasOwn(exported, exportName) ? exported[exportName] : undefined
    },
    exported(file, exportName) {
      const exported = Object.hasOwn(map.files, file) ? map.files[file]?.exports : undefined
      return exported && Object.hasOwn(exported, exportName) ? exported[exportName] : undefined
    },
    globalDefault(client, protection) {
      const source = map.globals[client]?.[protection]
      if (source === undefined) return undefined
      return source.startsWith('disabled ') ? disabled(source.slice('disabled '.length)) : yes(source)
    },
    usage: (exportName) => (Object.hasOwn(entry.usage, exportName) ? entry.usage[exportName] : undefined),
    instance: (localName) => map.instances[`${path}#${localName}`],
  }
}
