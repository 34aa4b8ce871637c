import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: { index: 'src/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  tsconfig: 'tsconfig.build.json',
  // The analysis core is private, and the rules are taken without their peer: both are bundled.
  deps: {
    alwaysBundle: [
      '@holdfast/analysis',
      '@holdfast/analysis/call-map',
      '@holdfast/analysis/coverage-facts',
      '@holdfast/eslint-plugin',
      '@holdfast/eslint-plugin/analysis-of',
    ],
  },
  inputOptions: { resolve: { conditionNames: ['@holdfast/source', 'import', 'default'] } },
  dts: { entry: 'src/index.ts' },
  fixedExtension: false,
})
