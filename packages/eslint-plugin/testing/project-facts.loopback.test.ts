import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildCallMap, writeCallMap } from '@holdfast/analysis/call-map'
import * as parser from '@typescript-eslint/parser'
import { Linter } from 'eslint'
import { afterEach, expect, it } from 'vitest'
import plugin from '../src/index.ts'

// Types need real files and a compiler, which takes longer than a unit test may.
let folder = ''

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function project(files: Readonly<Record<string, string>>): void {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'holdfast-facts-')))
  const tsconfig = { compilerOptions: { strict: true, module: 'nodenext', lib: ['es2024', 'dom'] }, include: ['.'] }
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  writeCallMap(buildCallMap(folder), path.join(folder, 'call-map.json'))
}

/** Lints one file of the project with its call map, as `line messageId`. */
function lint(file: string, rule: string, options: object = {}, types = false): string[] {
  const messages = new Linter({ cwd: folder }).verify(
    readFileSync(path.join(folder, file), 'utf8'),
    [
      {
        files: ['**/*.ts'],
        languageOptions: {
          parser,
          parserOptions: types ? { projectService: true, tsconfigRootDir: folder } : {},
        },
        plugins: { holdfast: plugin },
        settings: { holdfast: { callMap: path.join(folder, 'call-map.json') } },
        rules: { [`holdfast/${rule}`]: ['error', options] },
      },
    ] as Linter.Config[],
    { filename: path.join(folder, file) },
  )
  return messages.map((message) => `${message.line} ${message.messageId ?? message.message}`)
}

const trackers = {
  'tracker.ts': `const url = 'https://track.example.com'
export async function send(event: string) { await fetch(url, { body: event }) }
export async function sendSafely(event: string) { try { await fetch(url, { body: event }) } catch (error) { console.error(error) } }
export class Tracker {
  async track(event: string) { await send(event) }
  async trackSafely(event: string) { await sendSafely(event) }
}
`,
  'shop.ts': `import { send, sendSafely, Tracker } from './tracker.ts'
export class Shop {
  constructor(private readonly tracker: Tracker) {}
  buy() {
    send('buy')
    sendSafely('buy')
    this.tracker.track('buy')
    this.tracker.trackSafely('buy')
    void this.tracker.track('buy')
  }
}
`,
}

it('no-floating-call follows functions of other files with the call map', () => {
  project(trackers)
  expect(lint('shop.ts', 'no-floating-call')).toEqual(['5 floating'])
})

it('no-floating-call follows methods with types', () => {
  project(trackers)
  expect(lint('shop.ts', 'no-floating-call', { typed: true }, true)).toEqual(['5 floating', '7 floating', '9 floating'])
  expect(lint('shop.ts', 'no-floating-call', { typed: true, allowVoid: true }, true)).toEqual([
    '5 floating',
    '7 floating',
  ])
})

it('no-floating-call with `typed` judges what it can where there are no types', () => {
  project(trackers)
  expect(lint('shop.ts', 'no-floating-call', { typed: true })).toEqual(['5 floating'])
})

it('the rules for logs know how a logger of another file is made', () => {
  const use = `import { log } from './log.ts'
app.get('/', (req, res) => {
  load().catch((err) => log.error({ err }, 'failed'))
  load().catch((err) => log.error('failed', err))
  log.info({ password })
})
`
  project({
    'log.ts': `import pino from 'pino'\nexport const log = pino({ redact: ['password'], mixin: () => context() })\n`,
    'use.ts': use,
  })
  expect(lint('use.ts', 'require-log-context')).toEqual([])
  expect(lint('use.ts', 'no-secret-in-log')).toEqual([])
  expect(lint('use.ts', 'logger-error-position')).toEqual(['4 dropped'])
  rmSync(folder, { recursive: true })
  project({ 'log.ts': `import pino from 'pino'\nexport const log = pino({ level: 'info' })\n`, 'use.ts': use })
  expect(lint('use.ts', 'require-log-context')).toEqual(['3 context', '4 context'])
  expect(lint('use.ts', 'no-secret-in-log')).toEqual(['5 secret'])
})

it('the rules for errors know the error classes of other files', () => {
  project({
    'errors.ts': `export class RateError extends Error {
  constructor(message: string, readonly status: number, cause?: unknown) { super(message, { cause }) }
}
export class BareError extends Error { constructor(message: string) { super(message) } }
`,
    'load.ts': `import { BareError, RateError } from './errors.ts'
export async function load(url: string) {
  const response = await fetch(url).catch((error) => {
    if (error.code === 'X') throw new BareError('x', { cause: error })
    throw new RateError('x', 1)
  })
  if (!response.ok) throw new Error('bad')
}
`,
  })
  expect(lint('load.ts', 'require-error-cause')).toEqual(['4 ignored', '5 lost'])
  expect(lint('load.ts', 'no-generic-throw')).toEqual(['7 generic'])
})
