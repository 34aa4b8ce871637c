import { existsSync, readdirSync } from 'node:fs'
import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { mayImport } from './import-directions.js'
import holdfast from './tooling/eslint/own-plugin.js'

const root = import.meta.dirname
const tests = ['**/*.test.ts', '**/*.test-d.ts', '**/*.bench.ts', '**/test/**/*.ts']

// Entries of core that may import `node:` modules. The root entry runs in browsers and may not.
const coreNodeEntries = /** @type {string[]} */ ([])

const portMessage = 'Time comes only from the clock and chance only from random (src/clock.ts, src/random.ts).'
const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate']

const noNodeImports = {
  regex: '^node:',
  message: 'The engine runs in browsers and on the edge: a node: module needs an entry of its own in package.json.',
}

/** @param {string} packageName */
function noWrongDirection(packageName) {
  const allowed = mayImport[packageName] ?? []
  const names = allowed.length > 0 ? `(?!(?:${allowed.join('|')})(?:/|$))` : ''
  return {
    regex: `^@holdfast/${names}`,
    message: `packages/${packageName} may import of ours: ${allowed.join(', ') || 'nothing'} (see import-directions.js).`,
  }
}

const noOwnIndex = {
  regex: '^[.]{1,2}/(?:[.]{2}/)*index[.]ts$',
  message: 'Import the file that defines it; index.ts is the contract for other packages.',
}

const packageNames = existsSync(`${root}/packages`) ? readdirSync(`${root}/packages`) : []

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', '**/.turbo/', '**/.extracted/', '**/fixtures/', '**/corpus/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: root,
      },
    },
    linterOptions: {
      reportUnusedDisableDirectives: 'error',
    },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      // An async function without await keeps a throw a rejection.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/unified-signatures': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: tests,
    rules: {
      'max-lines': ['error', { max: 300 }],
    },
  },
  packageNames.map((name) => ({
    files: [`packages/${name}/src/**/*.ts`],
    ignores: tests,
    rules: {
      'no-restricted-imports': /** @type {const} */ (['error', { patterns: [noWrongDirection(name), noOwnIndex] }]),
    },
  })),
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: [...tests, ...coreNodeEntries],
    rules: {
      'no-restricted-imports': ['error', { patterns: [noWrongDirection('core'), noOwnIndex, noNodeImports] }],
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: [...tests, 'packages/core/src/clock.ts', 'packages/core/src/random.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[...timers, 'performance'].map((name) => ({ name, message: portMessage })),
        ...['process', 'Buffer', 'global'].map((name) => ({ name, message: 'Not there in browsers.' })),
      ],
      'no-restricted-properties': [
        'error',
        ...[...timers, 'performance'].map((property) => ({ object: 'globalThis', property, message: portMessage })),
        { object: 'Date', property: 'now', message: portMessage },
        { object: 'Math', property: 'random', message: portMessage },
        { object: 'crypto', property: 'randomUUID', message: portMessage },
        { object: 'crypto', property: 'getRandomValues', message: portMessage },
        {
          object: 'AbortSignal',
          property: 'any',
          message: 'Leaks and costs 20 us: link one controller (src/abort.ts).',
        },
        { object: 'AbortSignal', property: 'timeout', message: 'Ignores the clock: use the timer of the attempt.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: portMessage },
        { selector: 'CallExpression[callee.name="Date"]', message: portMessage },
      ],
    },
  },
  {
    files: ['packages/{analysis,eslint-plugin,scan}/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ObjectExpression > Property[kind="get"]',
          message: 'V8 keeps what such a getter leads to, often a syntax tree, too long: use a class (decision 20).',
        },
      ],
    },
  },
  {
    files: ['apps/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts', 'docs/snippets/**/*.ts', 'packages/cli/**/*.ts'],
    rules: {
      'no-console': 'off',
    },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A client may reject with anything, and a getter may be read for what it does.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      'no-console': 'off',
    },
  },
  {
    // Benchmarks and conformance suites call bare clients on purpose.
    files: ['packages/**/*.ts', 'apps/**/*.ts', 'scripts/**/*.ts', 'docs/snippets/**/*.ts'],
    extends: [holdfast.configs.strict],
  },
  {
    // Middleware hands on the deadline that its caller gave, which is not to be seen here.
    files: ['packages/core/src/**/*.ts', 'packages/ky-hooks/src/**/*.ts', 'packages/axios-interceptor/src/**/*.ts'],
    rules: { 'holdfast/require-timeout': ['error', { reportUnknown: false }] },
  },
  {
    files: [...tests, '**/*.fixture.ts', '**/testing/**/*.ts'],
    extends: [holdfast.configs['tests-off']],
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  prettier,
)
