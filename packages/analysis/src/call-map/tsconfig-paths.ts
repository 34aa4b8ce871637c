import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'oxc-parser'
import { keyName, type Node } from '../syntax/nodes.ts'

/** Where names of imports lead by `paths` and `baseUrl`; all targets are absolute. */
export interface TsconfigPaths {
  readonly aliases: ReadonlyMap<string, readonly string[]>
  readonly baseFolders: readonly string[]
}

/** A relative or absolute path, in contrast to a name. */
const PATH = /^\.{0,2}\//

export const NO_PATHS: TsconfigPaths = { aliases: new Map(), baseFolders: [] }

/** The absolute paths at which a name may be found, best first: as TypeScript does, the longest pattern wins. */
export function pathTargets({ aliases, baseFolders }: TsconfigPaths, specifier: string): readonly string[] {
  if (PATH.test(specifier)) return []
  const below = baseFolders.map((folder) => path.join(folder, specifier))
  const exact = aliases.get(specifier)
  if (exact) return [...exact, ...below]
  let longest = -1
  let found: readonly string[] = []
  for (const [pattern, targets] of aliases) {
    const [prefix = '', suffix] = pattern.split('*')
    const matches = suffix !== undefined && specifier.startsWith(prefix) && specifier.endsWith(suffix)
    if (!matches || prefix.length <= longest || specifier.length < prefix.length + suffix.length) continue
    longest = prefix.length
    const rest = specifier.slice(prefix.length, specifier.length - suffix.length)
    found = targets.map((target) => target.replace('*', () => rest))
  }
  return [...found, ...below]
}

interface PathOptions {
  readonly baseUrl?: string
  readonly paths?: object
  /** Targets are relative to this folder where there is no `baseUrl`. */
  readonly pathsFolder?: string
}

/** The `tsconfig.json` that counts for the files of a folder. */
export function nearestTsconfig(folder: string): string | undefined {
  const config = path.join(folder, 'tsconfig.json')
  if (existsSync(config)) return config
  const above = path.dirname(folder)
  return above === folder ? undefined : nearestTsconfig(above)
}

/**
 * What a `tsconfig.json` says of paths as far as it can be read, with what it extends and refers to. For where the resolver
 * gives up, because one of these is missing: a package with a base configuration is, until somebody installs it.
 *
 * @param findFile where a package name in `extends` leads from a file
 */
export function readablePaths(
  tsconfig: string,
  findFile: (from: string, specifier: string) => string | undefined,
): TsconfigPaths {
  const aliases = new Map<string, readonly string[]>()
  const baseFolders: string[] = []
  const seen = new Set<string>()

  const find = (from: string, name: string): string | undefined =>
    [withExtension(name), `${name}/tsconfig.json`].flatMap((target) => findFile(from, target) ?? [])[0]
  const optionsOf = (config: string, content: Content, chain: readonly string[] = []): PathOptions => {
    const inherited = textsOf(content['extends']).map((name) => {
      const file = PATH.test(name) ? path.resolve(path.dirname(config), withExtension(name)) : find(config, name)
      return file === undefined || chain.includes(file) ? {} : optionsOf(file, readConfig(file), [...chain, file])
    })
    const { baseUrl, paths } = contentOf(content['compilerOptions'])
    const folder = path.dirname(config)
    return Object.assign(
      {},
      ...inherited,
      typeof baseUrl === 'string' ? { baseUrl: path.resolve(folder, baseUrl) } : {},
      typeof paths === 'object' && paths !== null ? { paths, pathsFolder: folder } : {},
    ) as PathOptions
  }
  const add = (config: string): void => {
    if (seen.has(config)) return
    seen.add(config)
    const content = readConfig(config)
    const { baseUrl, paths = {}, pathsFolder = '' } = optionsOf(config, content)
    if (baseUrl !== undefined) baseFolders.push(baseUrl)
    for (const [name, targets] of Object.entries(paths)) {
      if (aliases.has(name)) continue
      aliases.set(
        name,
        textsOf(targets).map((target) => path.resolve(baseUrl ?? pathsFolder, target)),
      )
    }
    for (const reference of listOf(content['references'])) {
      const [target] = textsOf(contentOf(reference)['path'])
      if (target === undefined) continue
      const referred = path.resolve(path.dirname(config), target)
      add(referred.endsWith('.json') ? referred : path.join(referred, 'tsconfig.json'))
    }
  }
  add(tsconfig)
  return { aliases, baseFolders }
}

type Content = Readonly<Record<string, unknown>>

function withExtension(name: string): string {
  return name.endsWith('.json') ? name : `${name}.json`
}

function contentOf(value: unknown): Content {
  return typeof value === 'object' && value !== null ? (value as Content) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((text) => typeof text === 'string')
}

/** Nothing of a file that is not there; JSON with comments and trailing commas is an expression of JavaScript. */
function readConfig(config: string): Content {
  let text: string
  try {
    text = readFileSync(config, 'utf8')
  } catch {
    // It is the very reason for which paths are read here.
    return {}
  }
  const [statement] = parseSync('tsconfig.js', `(${text.replace(/^\uFEFF/, '')}\n)`, { preserveParens: false }).program
    .body
  return statement?.type === 'ExpressionStatement' ? contentOf(jsonValue(statement.expression)) : {}
}

function jsonValue(node: Node): unknown {
  switch (node.type) {
    case 'Literal':
      return node.value
    case 'ArrayExpression':
      return node.elements.map((element) => (element ? jsonValue(element) : undefined))
    case 'ObjectExpression':
      return Object.fromEntries(
        node.properties.flatMap((property) => {
          const name = property.type === 'Property' ? keyName(property.key, property.computed) : undefined
          return property.type === 'Property' && name !== undefined ? [[name, jsonValue(property.value)]] : []
        }),
      )
    default:
      return undefined
  }
}
