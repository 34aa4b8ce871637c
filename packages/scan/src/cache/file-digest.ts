import { hash } from 'node:crypto'
import { hasErrorClass, type CallMap, type InstanceEntry } from '@holdfast/analysis/call-map'

type InstancesByFile = ReadonlyMap<string, readonly (readonly [id: string, instance: InstanceEntry])[]>

/** The clients that a project makes, by the file that makes them. */
export function instancesByFile(map: CallMap): InstancesByFile {
  const instances = new Map<string, [string, InstanceEntry][]>()
  for (const [id, instance] of Object.entries(map.instances)) {
    const owner = id.slice(0, id.indexOf('#'))
    const known = instances.get(owner)
    if (known) known.push([id, instance])
    else instances.set(owner, [[id, instance]])
  }
  return instances
}

/**
 * Hashes what the results of a file depend on: its text, what the call map says of it, of the files it imports, of the
 * instances it makes and of the libraries.
 */
export function fileDigests(
  map: CallMap,
  instances: InstancesByFile,
): (path: string, source: string | undefined) => string {
  const exported = new Map<string, string>()
  for (const [path, entry] of Object.entries(map.files))
    exported.set(path, hash('sha256', JSON.stringify(entry.exports)))
  const everywhere = JSON.stringify([map.globals, hasErrorClass(map)])
  return (path, source) => {
    const entry = Object.hasOwn(map.files, path) ? map.files[path] : undefined
    const imports = Object.entries(entry?.imports ?? {}).map(([name, target]) => [name, exported.get(target)])
    const { calls: _calls, ...own } = entry ?? { calls: [] }
    // An entry holds the hash of the text; only of a file that the map leaves out the text itself is needed.
    const text = entry ? '' : (source ?? '')
    return hash('sha256', `${text}\n${JSON.stringify([own, imports, instances.get(path)])}\n${everywhere}`).slice(0, 24)
  }
}
