import { mayImport } from './import-directions.js'

const tests = '[.](test|test-d|bench)[.]ts$|^packages/[^/]+/test/'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment:
        'Files must not import each other in a circle, not even for types: move what both need into a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'The import does not lead to a file or an installed package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-own-index',
      comment: 'Inside a package import the file that defines the thing; index.ts is the contract for others.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: tests },
      to: { path: '^packages/$1/src/index[.]ts$' },
    },
    {
      name: 'strategies-stand-alone',
      comment: 'A strategy never imports another strategy: what two share moves to a file outside strategies/.',
      severity: 'error',
      from: { path: '^packages/core/src/strategies/([^/.]+)', pathNot: tests },
      to: { path: '^packages/core/src/strategies/', pathNot: '^packages/core/src/strategies/$1[/.]' },
    },
    {
      name: 'strategies-below-policy',
      comment: 'Policy, presets and the fetch wrapper are built from strategies, not the other way round.',
      severity: 'error',
      from: { path: '^packages/core/src/strategies/', pathNot: tests },
      to: { path: '^packages/core/src/(policy[.]ts$|presets/|adapters/)' },
    },
    {
      name: 'testing-is-a-leaf',
      comment: 'Test support may import anything; nothing but a test imports it.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: `^packages/core/src/testing/|${tests}` },
      to: { path: '^packages/core/src/testing/' },
    },
    {
      name: 'packages-not-to-apps',
      comment: 'Packages never import an app, the benchmarks or the documentation.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|bench|docs)/' },
    },
    ...Object.entries(mayImport).map(([name, allowed]) => ({
      name: `direction-${name}`,
      comment: `packages/${name} may import of ours: ${allowed.join(', ') || 'nothing'} (see import-directions.js).`,
      severity: /** @type {const} */ ('error'),
      from: { path: `^packages/${name}/src/`, pathNot: tests },
      to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|fixtures|corpus)/|[.]config[.]ts$|/[.]extracted/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['@holdfast/source', 'import', 'types', 'node', 'default'],
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
}
