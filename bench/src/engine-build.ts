import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Which form of our packages the measuring processes load. */
export interface EngineBuild {
  readonly form: 'built' | 'sources'
  /** Why the sources were taken; undefined when the build is used. */
  readonly reason: string | undefined
  readonly nodeOptions: readonly string[]
}

const PACKAGES = ['core', 'axios-interceptor']
const folderOf = (name: string, part: string): string =>
  fileURLToPath(new URL(`../../packages/${name}/${part}`, import.meta.url))

const newestMs = (folder: string): number => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/\.test(-d)?\.ts$/.test(entry.name),
  )
  return Math.max(...files.map(({ parentPath, name }) => statSync(`${parentPath}/${name}`).mtimeMs))
}

const whyNotBuilt = (packages: readonly string[], sources: readonly string[]): string | undefined => {
  for (const name of packages) {
    const entry = folderOf(name, 'dist/index.js')
    if (!existsSync(entry)) return `packages/${name} is not built`
    const builtMs = statSync(entry).mtimeMs
    if (sources.some((source) => builtMs < newestMs(folderOf(source, 'src'))))
      return `packages/${name}/dist is older than its sources`
  }
  return undefined
}

/**
 * Takes the built packages, which is what users run, unless they are missing or stale; then the sources.
 *
 * Node itself chooses by export condition: `@holdfast/source` for the sources, none for the build.
 *
 * @param packages the packages that are measured
 * @param sources the packages that end up in their builds
 */
export const chooseEngineBuild = (
  packages: readonly string[] = PACKAGES,
  sources: readonly string[] = packages,
): EngineBuild => {
  const reason = whyNotBuilt(packages, sources)
  return reason === undefined
    ? { form: 'built', reason, nodeOptions: [] }
    : { form: 'sources', reason, nodeOptions: ['--conditions=@holdfast/source'] }
}
