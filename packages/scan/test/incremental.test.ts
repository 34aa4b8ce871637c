import { utimesSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { scanProject } from '../src/scan-project.ts'
import { projectWith, writeFiles } from './project-folder.ts'

const files = {
  'node_modules/.keep': '',
  'client.ts': "import axios from 'axios'\nexport const shop = axios.create({ baseURL: 'https://a.example' })\n",
  'use.ts': "import { shop } from './client.ts'\nexport const load = () => shop.get('/x')\n",
  'other.ts': 'export const other = 1\n',
}

it('a second scan reads nothing anew, and a change only what it touches', () => {
  const root = projectWith(files)
  const first = scanProject({ root })
  expect(first.analysed).toBe(3)
  const second = scanProject({ root })
  expect(second).toEqual({ ...first, analysed: 0 })

  // Touched but the same: nothing to do.
  utimesSync(path.join(root, 'other.ts'), new Date(0), new Date(0))
  expect(scanProject({ root }).analysed).toBe(0)

  writeFiles(root, { 'other.ts': 'export const other = 2\n' })
  expect(scanProject({ root }).analysed).toBe(1)

  // A timeout in one file protects the call of the other.
  writeFiles(root, {
    'client.ts': files['client.ts'].replace("'https://a.example'", "'https://a.example', timeout: 1_000"),
  })
  const changed = scanProject({ root })
  expect(changed.analysed).toBeLessThan(3)
  expect(changed.files.find(({ path: file }) => file === 'use.ts')?.calls[0]?.protections.deadline.state).toBe('yes')
  expect(changed).toEqual({ ...scanProject({ root, cache: false }), analysed: changed.analysed })
})

it('another rule set is another scan', () => {
  const root = projectWith(files)
  scanProject({ root })
  expect(scanProject({ root, config: { ruleSet: 'strict' } }).analysed).toBe(3)
})

it('a file is judged anew when what it imports changes', () => {
  const use = "import { send } from './send.ts'\nexport function start() {\n  send()\n}\n"
  const quiet = 'export async function send() {\n  return 1\n}\n'
  const root = projectWith({ 'node_modules/.keep': '', 'use.ts': use, 'send.ts': quiet })
  const rulesOf = (): string[] =>
    scanProject({ root })
      .files.filter((file) => file.path === 'use.ts')
      .flatMap(({ findings }) => findings.map(({ rule }) => rule))
  expect(rulesOf()).toEqual([])
  writeFiles(root, { 'send.ts': quiet.replace('return 1', "return fetch('https://a.example/x')") })
  expect(rulesOf()).toEqual(['no-floating-call'])
})

it('what a package.json says counts from the next scan of the same process on', () => {
  const load = 'export const load = (address: string) => fetch(address)\n'
  const server = '{ "dependencies": { "fastify": "5.6.2" } }'
  const browser = '{ "dependencies": { "vite": "8.0.0", "react-dom": "19.2.0" } }'
  const root = projectWith({ 'node_modules/.keep': '', 'package.json': server, 'load.ts': load })
  const rulesOf = (): string[] =>
    scanProject({ root }).files.flatMap(({ findings }) => findings.map(({ rule }) => rule))
  expect(rulesOf()).toContain('require-timeout')
  writeFiles(root, { 'package.json': browser })
  expect(rulesOf()).not.toContain('require-timeout')
  writeFiles(root, { 'package.json': server })
  expect(rulesOf()).toContain('require-timeout')
})
