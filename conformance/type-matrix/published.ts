import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const conformance = path.resolve(import.meta.dirname, '..')
const root = path.resolve(conformance, '..')

const PACKAGES = ['core', 'axios-interceptor', 'ky-hooks'] as const

/** A project whose `node_modules` hold our packages as they are published, and the clients beside them. */
export const projectDirectory = path.join(conformance, 'dist/type-matrix')

interface Manifest {
  readonly name: string
  readonly publishConfig: { readonly exports: unknown }
}

const build = async (name: string): Promise<void> => {
  const directory = path.join(root, 'packages', name)
  const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as Manifest
  const target = path.join(projectDirectory, 'node_modules', manifest.name)
  mkdirSync(target, { recursive: true })
  const { publishConfig, ...rest } = manifest
  writeFileSync(path.join(target, 'package.json'), JSON.stringify({ ...rest, exports: publishConfig.exports }))
  // Types of other packages of ours come from their sources, which need no build.
  const tsconfig = path.join(target, 'tsconfig.json')
  const base = { extends: path.join(directory, 'tsconfig.build.json'), include: [path.join(directory, 'src')] }
  writeFileSync(tsconfig, JSON.stringify({ ...base, compilerOptions: { customConditions: ['@holdfast/source'] } }))
  const tsdown = path.join(root, 'node_modules/tsdown/dist/run.mjs')
  const args = ['--out-dir', path.join(target, 'dist'), '--tsconfig', tsconfig, '--log-level', 'error']
  await run(process.execPath, [tsdown, ...args], { cwd: directory, maxBuffer: 1 << 24 })
}

/** Builds the packages with the settings they are published with, and lays them out beside the consumers. */
export const layOutProject = async (): Promise<void> => {
  rmSync(projectDirectory, { recursive: true, force: true })
  await Promise.all(PACKAGES.map(build))
  for (const client of ['axios', 'ky']) {
    symlinkSync(path.join(conformance, 'node_modules', client), path.join(projectDirectory, 'node_modules', client))
  }
  cpSync(path.join(import.meta.dirname, 'fixtures'), projectDirectory, { recursive: true })
  writeFileSync(path.join(projectDirectory, 'package.json'), JSON.stringify({ type: 'module', private: true }))
}
