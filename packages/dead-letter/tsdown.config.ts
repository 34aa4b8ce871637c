import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'bullmq/index': 'src/bullmq/index.ts',
    'postgres/index': 'src/postgres/index.ts',
    'sqlite/index': 'src/sqlite/index.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'es2023',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  fixedExtension: false,
})
