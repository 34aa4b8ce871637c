import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chooseEngineBuild, type EngineBuild } from './engine-build.ts'

/** A package as users install it, or its sources where the build is missing or stale, with its command. */
export interface CommandBuild extends EngineBuild {
  readonly command: string
}

const fileOf = (path: string): string => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url))

const withCommand = (build: EngineBuild, folder: string, name: string): CommandBuild => {
  const built = fileOf(`${folder}/dist/${name}.js`)
  const command = build.form === 'built' && existsSync(built) ? built : fileOf(`${folder}/src/${name}.ts`)
  return { ...build, command }
}

/** The ESLint plug-in; the analysis core counts, because it is bundled. */
export const choosePluginBuild = (): CommandBuild =>
  withCommand(chooseEngineBuild(['eslint-plugin'], ['eslint-plugin', 'analysis']), 'eslint-plugin', 'call-map-command')

/** `holdfast scan`; rules and analysis core are bundled into the scanner. */
export const chooseScanBuild = (): CommandBuild =>
  withCommand(chooseEngineBuild(['cli', 'scan'], ['cli', 'scan', 'eslint-plugin', 'analysis']), 'cli', 'bin')
