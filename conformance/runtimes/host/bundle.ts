import { mkdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { build } from 'esbuild'

const conformance = path.resolve(import.meta.dirname, '../..')

/** Inside the workspace, so that what a bundle leaves out is found by the runtime's own resolution. */
export const bundleDirectory = path.join(conformance, 'dist/runtimes')

/**
 * Bundles one of the programs from the sources and returns the path of the result.
 *
 * For processes the clients stay outside: each runtime takes the build that their `exports` offer it.
 */
export const bundle = async (entry: string, target: 'process' | 'page', name: string): Promise<string> => {
  mkdirSync(bundleDirectory, { recursive: true })
  const outfile = path.join(bundleDirectory, `${name}.js`)
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2023',
    platform: target === 'page' ? 'browser' : 'neutral',
    conditions: ['@holdfast/source', ...(target === 'page' ? [] : ['import'])],
    // The fault server's answers are plain data; the server itself is shaken off.
    external: [...builtinModules.map((module) => `node:${module}`), ...(target === 'page' ? [] : ['axios', 'ky'])],
    logLevel: 'error',
  })
  return outfile
}
