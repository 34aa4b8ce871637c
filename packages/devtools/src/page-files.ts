import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSync, transformSync } from 'esbuild'

/** The parts of the page. */
export interface PageFiles {
  readonly markup: string
  readonly style: string
  readonly script: string
}

const folder = fileURLToPath(new URL('page/', import.meta.url))
const target = 'es2022'

/**
 * Reads the page and bundles its script.
 *
 * This is for the workspace alone: the build puts a function that returns the finished texts in the place of this
 * module, so that the published package reads no file and needs no bundler.
 */
export const readPage = (): PageFiles => ({
  markup: readFileSync(`${folder}index.html`, 'utf8'),
  style: transformSync(readFileSync(`${folder}page.css`, 'utf8'), { loader: 'css', minify: true, target: 'chrome110' })
    .code,
  script:
    buildSync({
      entryPoints: [`${folder}main.ts`],
      bundle: true,
      format: 'iife',
      target,
      minify: true,
      write: false,
      logLevel: 'silent',
    }).outputFiles[0]?.text ?? '',
})
