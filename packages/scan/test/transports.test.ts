import { rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { coverageCommand } from '../src/commands/coverage.ts'
import { scanProject } from '../src/scan-project.ts'
import { projectWith, recordedPort } from './project-folder.ts'

interface Coverage {
  readonly total: { readonly calls: number; readonly measures: { readonly deadline: object } }
  readonly transports: readonly { readonly line: number }[]
}

async function coverageOf(source: string) {
  const port = recordedPort()
  const folder = projectWith({ 'a.ts': source })
  await coverageCommand({ folder, format: 'json', cache: false, listUnknown: false }, port)
  const { total, transports } = JSON.parse(port.out()) as Coverage
  return { calls: total.calls, transports: transports.map(({ line }) => line), deadline: total.measures.deadline }
}

const CORE =
  "import { standardPolicy, wrapFetch } from '@holdfast/core'\nconst policy = standardPolicy({ name: 'a' })\n"

describe('a function that is handed on as fetch is no call of its own', () => {
  it.each([
    ['an argument', `${CORE}export const safe = wrapFetch(policy, (input, init) => fetch(input, init))\n`, 3],
    ['all its arguments', `${CORE}export const safe = wrapFetch(policy, (...given) => fetch(...given))\n`, 3],
    [
      'kept under a name',
      `${CORE}const base = (input: string, init: object) => fetch(input, init)\nexport const safe = wrapFetch(policy, base)\n`,
      3,
    ],
    [
      'a private member',
      "import { send } from './send.ts'\nexport class Client {\n  #base = (input: string, init: object) => fetch(input, init)\n  start() {\n    return send(this.#base)\n  }\n}\n",
      3,
    ],
  ])('%s', async (_name, source, line) => {
    expect(await coverageOf(source)).toMatchObject({ calls: 0, transports: [line] })
  })
})

describe('hiding a call raises no number', () => {
  it.each([
    [
      'called by its name',
      "const send = (input: string, init?: object) => fetch(input, init)\nexport const load = () => send('https://a.example')\n",
    ],
    ['exported', 'export const send = (input: string, init?: object) => fetch(input, init)\n'],
    ['declared', 'export function send(input: string, init?: object) {\n  return fetch(input, init)\n}\n'],
    [
      'a member that is called',
      "const api = { send: (input: string, init?: object) => fetch(input, init) }\nexport const load = () => api.send('https://a.example', {})\n",
    ],
    [
      'a private member that is called',
      "export class Client {\n  #send = (input: string, init?: object) => fetch(input, init)\n  load() {\n    return this.#send('https://a.example', {})\n  }\n}\n",
    ],
    ['another address', "run((input: string, init?: object) => fetch('https://a.example/' + input, init))\n"],
    [
      'a changed request',
      'run((input: string, init?: object) => {\n  init = { headers: {} }\n  return fetch(input, init)\n})\n',
    ],
    ['no second argument', 'run((input: string) => fetch(input))\n'],
  ])('%s', async (_name, source) => {
    const { calls, transports, deadline } = await coverageOf(source)
    expect({ calls, transports }).toEqual({ calls: 1, transports: [] })
    expect(deadline).toMatchObject({ yes: 0 })
  })
})

it('the table says what it does not count, and --list-unknown where it is', async () => {
  const folder = projectWith({ 'a.ts': `${CORE}export const f = wrapFetch(policy, (a, b) => fetch(a, b))\n` })
  const port = recordedPort()
  await coverageCommand({ folder, cache: false, listUnknown: true }, port)
  expect(port.out()).toContain('Not counted: 1 function that is handed on as fetch')
  expect(port.out()).toContain('a.ts:3:46  handed on as fetch, not counted')
})

it('a timeout counts beside a signal of which nothing is known', async () => {
  const call = (config: string): string =>
    `import axios from 'axios'\nexport const load = (signal: AbortSignal) => axios.get('https://a.example', ${config})\n`
  expect(await coverageOf(call('{ signal, timeout: 1_000 }'))).toMatchObject({ deadline: { yes: 1 } })
  expect(await coverageOf(call('{ signal }'))).toMatchObject({ deadline: { unknown: 1 } })
  expect(await coverageOf(call('{ signal, timeout: 0 }'))).toMatchObject({ deadline: { unknown: 1 } })
})

it('passes over a file that is removed while it scans', () => {
  const root = projectWith({ 'a.ts': 'export {}\n', 'b.ts': 'export {}\n' })
  const { files } = scanProject({
    root,
    cache: false,
    onProgress: () => rmSync(path.join(root, 'b.ts'), { force: true }),
  })
  expect(files.map((file) => file.path)).toEqual(['a.ts'])
})

it('a browser project is known by its package: a call to an unknown address may stay on its own origin', () => {
  const operations = (devDependencies: object): number => {
    const source = 'export const load = (address: string) => fetch(address)\n'
    const root = projectWith({ 'a.ts': source, 'package.json': JSON.stringify({ name: 'shop', devDependencies }) })
    return scanProject({ root, cache: false }).files.flatMap(({ calls }) => calls).length
  }
  expect(operations({})).toBe(1)
  expect(operations({ vite: '8.0.0', 'react-dom': '19.0.0' })).toBe(0)
})
