import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chooseEngineBuild, type EngineBuild } from '../engine-build.ts'

/** The plugin as users install it, or its sources where the build is missing or stale, with its command. */
export interface PluginBuild extends EngineBuild {
  readonly command: string
}

const fileOf = (path: string): string =>
  fileURLToPath(new URL(`../../../packages/eslint-plugin/${path}`, import.meta.url))

/** Chooses as for the engine; the analysis core counts, because it is bundled. */
export const choosePluginBuild = (): PluginBuild => {
  const build = chooseEngineBuild(['eslint-plugin'], ['eslint-plugin', 'analysis'])
  const built = fileOf('dist/call-map-command.js')
  const command = build.form === 'built' && existsSync(built) ? built : fileOf('src/call-map-command.ts')
  return { ...build, command }
}
