import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ScanError } from '../errors.ts'
import { writeWhole } from '../files/atomic-write.ts'
import { listSources } from '../files/source-listing.ts'
import { BASELINE_NAME } from '../findings/baseline.ts'
import { CONFIG_NAMES } from '../config/read-config.ts'
import type { ExitCode, OutputPort } from './output-port.ts'
import { runSafely } from './run-safely.ts'
import { scanCommand } from './scan.ts'

export interface InitCommandOptions {
  readonly folder?: string
  /** Takes the first answer of every question. */
  readonly yes?: boolean
  /** Asks a person to choose; undefined where nobody can answer. */
  readonly ask?: (question: string, choices: readonly string[]) => Promise<string>
}

const ESLINT_NAMES = [
  'eslint.config.js',
  'eslint.config.mjs',
  'eslint.config.cjs',
  'eslint.config.ts',
  'eslint.config.mts',
]
const WORKFLOW = '.github/workflows/holdfast.yml'

/** `holdfast init`: writes configuration, ESLint configuration, CI workflow and baseline; what is there is never changed. */
export function initCommand(options: InitCommandOptions, port: OutputPort): Promise<ExitCode> {
  return runSafely(port, async () => {
    const root = path.resolve(options.folder ?? '.')
    listSources(root)
    const choose = async (question: string, choices: readonly [string, ...string[]]): Promise<string> => {
      if (options.yes) return choices[0]
      if (!options.ask) throw new ScanError('Nobody can answer the questions here: add --yes.')
      return options.ask(question, choices)
    }
    const ruleSet = await choose('Which rules shall run?', ['recommended', 'strict'])
    const ci = await choose('Which CI shall check pull requests?', ['github', 'none'])

    write(root, 'holdfast.config.json', CONFIG_NAMES, configText(ruleSet), port)
    if (hasPackage(root, '@holdfast/eslint-plugin')) {
      const text = eslintText(ruleSet, hasPackage(root, 'typescript-eslint'))
      if (!write(root, eslintName(root), ESLINT_NAMES, text, port) && !namesPlugin(root))
        port.stdout(`Add to your ESLint configuration:\n\n${text}\n`)
      if (existsSync(path.join(root, 'tsconfig.json')) && !hasPackage(root, 'typescript-eslint'))
        port.stdout('ESLint reads TypeScript with a parser of its own: npm install --save-dev typescript-eslint\n')
    } else
      port.stdout(
        'For the findings in your editor: npm install --save-dev @holdfast/eslint-plugin, then run init again.\n',
      )
    if (ci === 'github') write(root, WORKFLOW, [WORKFLOW], workflowText(), port)
    if (existsSync(path.join(root, BASELINE_NAME))) port.stdout(`kept     ${BASELINE_NAME}\n`)
    else {
      await scanCommand({ folder: root, updateBaseline: true }, { ...port, stdout: () => undefined })
      port.stdout(`written  ${BASELINE_NAME}\n`)
    }
    port.stdout('From now on `holdfast scan` fails for new findings alone. Commit what was written.\n')
    return 0
  })
}

/** Writes a file unless it, or another of the same purpose, is there; says which of both. */
function write(root: string, name: string, others: readonly string[], text: string, port: OutputPort): boolean {
  const there = others.find((other) => existsSync(path.join(root, other)))
  if (there !== undefined) {
    port.stdout(`kept     ${there}\n`)
    return false
  }
  writeWhole(path.join(root, name), text)
  port.stdout(`written  ${name}\n`)
  return true
}

function manifestOf(root: string): Record<string, unknown> {
  const file = path.join(root, 'package.json')
  if (!existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new ScanError(`${file} is no JSON; repair it first.`, { cause: error })
  }
}

function hasPackage(root: string, name: string): boolean {
  const manifest = manifestOf(root)
  return ['dependencies', 'devDependencies'].some((key) =>
    Object.hasOwn((manifest[key] as object | undefined) ?? {}, name),
  )
}

function eslintName(root: string): string {
  return manifestOf(root)['type'] === 'module' ? 'eslint.config.js' : 'eslint.config.mjs'
}

function configText(ruleSet: string): string {
  const config = { $schema: './node_modules/@holdfast/scan/schema/holdfast-config.schema.json', ruleSet }
  return `${JSON.stringify(config, null, 2)}\n`
}

function namesPlugin(root: string): boolean {
  const file = ESLINT_NAMES.map((name) => path.join(root, name)).find((name) => existsSync(name))
  return file !== undefined && readFileSync(file, 'utf8').includes('@holdfast/eslint-plugin')
}

function eslintText(ruleSet: string, hasParser: boolean): string {
  if (!hasParser)
    return `import holdfast, { withCallMap } from '@holdfast/eslint-plugin'

export default [holdfast.configs.${ruleSet}, withCallMap()]
`
  return `import holdfast, { withCallMap } from '@holdfast/eslint-plugin'
import { parser } from 'typescript-eslint'

export default [
  { files: ['**/*.{ts,tsx,mts,cts}'], languageOptions: { parser } },
  holdfast.configs.${ruleSet},
  withCallMap(),
]
`
}

function workflowText(): string {
  return `name: holdfast
on: [pull_request]
permissions:
  contents: read
jobs:
  scan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: npx --yes holdfast scan --format github
      - run: npx --yes holdfast coverage --changed-since "origin/\${{ github.base_ref }}" --require 100
`
}
