import { defineConfig } from 'tsdown'
import { readPage } from './src/page-files.ts'

export default defineConfig({
  entry: { index: 'src/index.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  fixedExtension: false,
  plugins: [
    {
      // The finished page instead of the module that makes it.
      name: 'inline-page',
      load: (id) =>
        id.endsWith('/src/page-files.ts') ? `export const readPage = () => (${JSON.stringify(readPage())})` : null,
    },
  ],
})
