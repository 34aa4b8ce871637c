import { existsSync, readdirSync } from 'node:fs'
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const conditions = ['@holdfast/source', 'module', 'node', 'development|production']
const exclude = [...configDefaults.exclude, '**/dist/**', '**/fixtures/**', '**/corpus/**']
const loopback = '**/*.loopback.test.ts'
const long = '**/*.long.test.ts'

function workspaces(): { name: string; root: string }[] {
  const parents = ['packages', 'apps'].filter((parent) => existsSync(parent))
  const nested = parents.flatMap((parent) => readdirSync(parent).map((name) => ({ name, root: `${parent}/${name}` })))
  return [...nested, ...['bench', 'conformance'].map((name) => ({ name, root: name }))].filter(({ root }) =>
    existsSync(`${root}/package.json`),
  )
}

function project(
  name: string,
  root: string,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: { name, root, ...test },
  }
}

// Each workspace has up to three projects. `unit` tests may not take longer than a second; `loopback` tests talk to
// real servers on 127.0.0.1; `long` suites (soak, crash, version matrix) run under `pnpm test:full` only.
export default defineConfig(({ mode }) => ({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    coverage: {
      provider: 'v8',
      include: ['**/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/fixtures/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'coverage',
      thresholds: { '**/packages/core/src/**': { lines: 100, branches: 95 } },
    },
    projects: workspaces().flatMap(({ name, root }) => [
      project(`${name}:unit`, root, {
        include: ['**/*.test.ts'],
        exclude: [...exclude, loopback, long],
        setupFiles: [new URL('tooling/vitest/no-slow-tests.ts', import.meta.url).pathname],
        typecheck: { enabled: true, include: ['**/*.test-d.ts'], ignoreSourceErrors: true, tsconfig: 'tsconfig.json' },
      }),
      project(`${name}:loopback`, root, { include: [loopback], exclude, testTimeout: 30_000, hookTimeout: 30_000 }),
      ...(mode === 'full'
        ? [project(`${name}:long`, root, { include: [long], exclude, testTimeout: 600_000, hookTimeout: 60_000 })]
        : []),
    ]),
  },
}))
