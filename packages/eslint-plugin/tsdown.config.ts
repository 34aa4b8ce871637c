import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: { index: 'src/index.ts', 'call-map-command': 'src/call-map-command.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  tsconfig: 'tsconfig.build.json',
  // The analysis core is private: it is bundled. Only the parser and the resolver of the call map stay outside.
  deps: { alwaysBundle: ['@holdfast/analysis', '@holdfast/analysis/call-map'] },
  inputOptions: { resolve: { conditionNames: ['@holdfast/source', 'import', 'default'] } },
  dts: { entry: 'src/index.ts' },
  fixedExtension: false,
})
