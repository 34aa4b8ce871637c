import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: { index: 'src/index.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  // Types for CommonJS modules, which a bundle of types cannot hold.
  copy: ['types/commonjs-axios.d.cts'],
  banner: { dts: '/// <reference path="./commonjs-axios.d.cts" />' },
  fixedExtension: false,
})
