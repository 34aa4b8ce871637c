import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/*/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  fixedExtension: false,
  // One file a module: bundlers can leave out whole modules, which made retry + breaker + wrapFetch 30 % smaller.
  unbundle: true,
})
