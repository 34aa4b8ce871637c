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

const whyNotBuilt = (): string | undefined => {
  for (const name of PACKAGES) {
    const entry = folderOf(name, 'dist/index.js')
    if (!existsSync(entry)) return `packages/${name} is not built`
    if (statSync(entry).mtimeMs < newestMs(folderOf(name, 'src')))
      return `packages/${name}/dist is older than its sources`
  }
  return undefined
}

/**
 * Takes the built packages, which is what users run, unless they are missing or stale; then the sources.
 *
 * Node itself chooses by export condition: `@holdfast/source` for the sources, none for the build.
 */
export const chooseEngineBuild = (): EngineBuild => {
  const reason = whyNotBuilt()
  return reason === undefined
    ? { form: 'built', reason, nodeOptions: [] }
    : { form: 'sources', reason, nodeOptions: ['--conditions=@holdfast/source'] }
}
