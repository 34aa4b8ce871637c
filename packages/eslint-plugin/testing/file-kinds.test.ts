import * as parser from '@typescript-eslint/parser'
import { Linter } from 'eslint'
import { Linter as Linter9 } from 'eslint9'
import { describe, expect, it } from 'vitest'
import * as vueParser from 'vue-eslint-parser'
import plugin from '../src/index.ts'

const FILES = ['**/*.{js,jsx,cjs,mjs,ts,tsx,mts,cts,vue}']

function reports(filename: string, code: string, LinterClass: typeof Linter = Linter): string[] {
  const isVue = filename.endsWith('.vue')
  const messages = new LinterClass().verify(
    code,
    [
      {
        files: FILES,
        languageOptions: {
          sourceType: filename.endsWith('.cjs') || filename.endsWith('.cts') ? 'commonjs' : 'module',
          ...(filename.endsWith('.js') || filename.endsWith('.cjs')
            ? {}
            : {
                parser: isVue ? vueParser : parser,
                parserOptions: isVue ? { parser } : { ecmaFeatures: { jsx: true } },
              }),
        },
      },
      { files: FILES, ...plugin.configs.recommended },
    ] as Linter.Config[],
    { filename },
  )
  return messages.map(({ ruleId, line, message }) => `${line} ${ruleId?.replace('holdfast/', '') ?? message}`)
}

const VUE = `<template>
  <p v-if="rows.length" @click="save(() => fetch('https://ignored.example.com'))">{{ rows }}</p>
</template>

<script setup lang="ts">
import axios from 'axios'

const rows: string[] = []
const response = await axios.get('https://api.example.com/rows')
try {
  await axios.post('https://api.example.com/seen', rows, { timeout: 1_000 })
} catch {}
</script>
`

describe.each([
  ['ESLint 10', Linter],
  ['ESLint 9', Linter9 as unknown as typeof Linter],
])('on %s', (_, LinterClass) => {
  it('reports in the script of a Vue component, on the lines of the file', () => {
    expect(reports('src/Rows.vue', VUE, LinterClass)).toEqual([
      '9 require-retry',
      '9 require-timeout',
      '12 no-bare-catch',
    ])
  })

  it('takes a Vue component for browser code, whatever module a bundler gives it', () => {
    const script = "import Path from 'path'\nexport const load = () => f(Path).catch((e) => console.error(e))\n"
    expect(reports('src/Rows.vue', `<script>\n${script}</script>\n`, LinterClass)).toEqual([])
    expect(reports('src/rows.ts', script, LinterClass)).toEqual(['2 structured-error-log'])
  })

  it('leaves the console of what a build tool loads to the tool', () => {
    const code = 'try {\n  await build()\n} catch (error) {\n  console.error(error)\n}\n'
    expect(reports('packages/api/esbuild.config.ts', code, LinterClass)).toEqual([])
    expect(reports('packages/api/database.config.ts', code, LinterClass)).toEqual(['4 structured-error-log'])
  })

  it.each([
    ['src/rows.mts', "const rows: unknown = await fetch('https://api.example.com/rows')\nexport { rows }\n"],
    [
      'src/rows.cts',
      "import axios = require('axios')\naxios.get('https://api.example.com/rows').then(String, report)\n",
    ],
    [
      'src/rows.cjs',
      "const axios = require('axios').default\naxios.get('https://api.example.com/rows').then(String, report)\n",
    ],
    ['src/rows.js', "import axios from 'axios'\naxios.get('https://api.example.com/rows').then(String, report)\n"],
  ])('reports in %s', (filename, code) => {
    expect(reports(filename, code, LinterClass).filter((line) => /timeout/.test(line))).toEqual([
      `${filename.endsWith('.mts') ? 1 : 2} require-timeout`,
    ])
  })

  it('reports in TSX what leaves for another origin', () => {
    const code =
      "export const Fonts = () => <a onClick={() => void fetch('https://fonts.example.com').then(use, fail)}>x</a>\nexport const Own = () => <a onClick={() => void fetch('/api').then(use, fail)}>x</a>\n"
    expect(reports('src/fonts.tsx', code, LinterClass).filter((line) => /timeout/.test(line))).toEqual([
      '1 require-timeout',
    ])
  })
})
