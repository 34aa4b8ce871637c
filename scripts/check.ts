/**
 * Runs every gate that CI runs and prints one line for each at the end.
 *
 *   pnpm check                    all gates
 *   pnpm check lint size          these only
 *   pnpm check --without test     all but these
 */
import { parseArgs } from 'node:util'
import { run } from './lib/run.ts'

const node = (script: string, ...args: string[]) => run(process.execPath, [`scripts/${script}`, ...args])

// Relative to the plug-in; `pnpm --dir packages/eslint-plugin run docs` writes what the gate compares.
const docGenerator = 'node_modules/eslint-doc-generator/dist/bin/eslint-doc-generator.js'

// Order: cheap gates first; `package`, `api` and `size` read the built dist.
const gates: Record<string, () => boolean> = {
  format: () => run('prettier', ['--check', '--log-level', 'warn', '.']),
  typecheck: () => run('turbo', ['run', 'typecheck', 'typecheck:root', '--continue', '--output-logs=errors-only']),
  lint: () => run('turbo', ['run', 'lint', 'lint:root', '--continue', '--output-logs=errors-only']),
  imports: () => run('depcruise', ['packages', 'apps', 'bench', 'conformance', '--config', '.dependency-cruiser.js']),
  words: () => node('forbidden-words.ts'),
  links: () => run('remark', ['.', '--frail', '--quiet', '--ignore-path', '.gitignore']),
  docs: () => node('docs-code-blocks.ts'),
  rules: () =>
    run(
      process.execPath,
      ['--conditions=@holdfast/source', docGenerator, 'documentation', '--check'],
      'packages/eslint-plugin',
    ),
  coverage: () => node('call-coverage.ts'),
  changeset: () => node('changeset-present.ts'),
  test: () => run('vitest', ['run', '--coverage']),
  build: () => run('turbo', ['run', 'build', '--output-logs=errors-only']),
  package: () => node('packages-pack.ts'),
  api: () => node('api-report.ts'),
  size: () => run('size-limit', []),
}

// These read the built packages.
const needBuild = new Set(['package', 'api', 'size'])

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { without: { type: 'string', multiple: true, default: [] } },
})

const unknown = [...positionals, ...values.without].filter((name) => !Object.hasOwn(gates, name))
if (unknown.length > 0) {
  console.error(`Unknown gate: ${unknown.join(', ')}. There are: ${Object.keys(gates).join(', ')}.`)
  process.exit(2)
}

const asked = positionals.length === 0 ? Object.keys(gates) : positionals
if (asked.some((name) => needBuild.has(name))) asked.push('build')
const chosen = Object.entries(gates).filter(([name]) => asked.includes(name) && !values.without.includes(name))

const summary: { name: string; passed: boolean; seconds: number }[] = []
for (const [name, gate] of chosen) {
  console.log(`\n> ${name}`)
  const startedAt = performance.now()
  const unbuilt = needBuild.has(name) && summary.some((earlier) => earlier.name === 'build' && !earlier.passed)
  if (unbuilt) console.error('Not run: it reads the built packages and the build failed.')
  const passed = !unbuilt && gate()
  summary.push({ name, passed, seconds: (performance.now() - startedAt) / 1_000 })
}

console.log()
for (const { name, passed, seconds } of summary) {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s`)
}
const failed = summary.filter(({ passed }) => !passed).map(({ name }) => name)
if (failed.length > 0) {
  console.error(`\n${failed.length} of ${summary.length} gates failed. Run one alone: pnpm check ${failed[0] ?? ''}`)
  process.exitCode = 1
}
