/**
 * Packs every published package and checks the tarballs: publint --strict, attw (ESM only), the same entries in
 * `exports` and `publishConfig.exports`, and one import of every entry by plain Node from an installed layout.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { capture, run } from './lib/run.ts'
import { publicPackages, type Manifest, type PublicPackage } from './lib/workspace.ts'

const sourceCondition = '@holdfast/source'

function publishedExports(exports: NonNullable<Manifest['exports']>): NonNullable<Manifest['exports']> {
  const entries = Object.entries(exports).map(([entry, target]) => {
    if (typeof target === 'string') return [entry, target]
    return [entry, Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== sourceCondition))]
  })
  // An entry with the source condition alone is for the other packages of the workspace.
  const published = entries.filter(([, target]) => typeof target === 'string' || Object.keys(target ?? {}).length > 0)
  return Object.fromEntries(published) as NonNullable<Manifest['exports']>
}

function pack({ directory }: PublicPackage, destination: string): string {
  const output = capture('pnpm', ['pack', '--json', '--pack-destination', destination], directory)
  const { filename } = JSON.parse(output.slice(output.indexOf('{'))) as { filename: string }
  return path.resolve(destination, filename)
}

/** Unpacks a tarball where npm would put it, with the package's other dependencies linked beside it. */
function install({ directory, manifest }: PublicPackage, tarball: string, modules: string): void {
  const target = path.join(modules, manifest.name)
  mkdirSync(target, { recursive: true })
  capture('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
  const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  for (const name of names.filter((dependency) => !dependency.startsWith('@holdfast/'))) {
    const link = path.join(modules, name)
    if (existsSync(link)) continue
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.join(directory, 'node_modules', name), link)
  }
}

const work = mkdtempSync(path.join(tmpdir(), 'holdfast-pack-'))
const problems: string[] = []
try {
  const packages = publicPackages()
  for (const current of packages) {
    const { manifest } = current
    if (!isDeepStrictEqual(publishedExports(manifest.exports ?? {}), manifest.publishConfig?.exports)) {
      problems.push(
        `${manifest.name}: publishConfig.exports must equal exports without the condition ${sourceCondition}`,
      )
    }
    const tarball = pack(current, work)
    install(current, tarball, path.join(work, 'node_modules'))
    if (!run('publint', ['run', tarball, '--strict'])) problems.push(`${manifest.name}: publint`)
    if (!run('attw', [tarball, '--profile', 'esm-only', '--quiet'])) {
      run('attw', [tarball, '--profile', 'esm-only'])
      problems.push(`${manifest.name}: are the types wrong?`)
    }
  }
  for (const { manifest } of packages) {
    for (const entry of Object.keys(publishedExports(manifest.exports ?? {})).filter(
      (name) => !name.endsWith('.json'),
    )) {
      const specifier = path.posix.join(manifest.name, entry)
      const program = `await import(${JSON.stringify(specifier)})`
      if (!run(process.execPath, ['--input-type=module', '--eval', program], work)) {
        problems.push(`${specifier}: cannot be imported from its tarball`)
      }
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
