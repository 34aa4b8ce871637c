import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { coverageCommand } from '../src/commands/coverage.ts'
import { projectWith, recordedPort, writeFiles } from './project-folder.ts'

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

const IMPORT =
  "import { standardPolicy, wrapFetch } from '@holdfast/core'\nconst safe = wrapFetch(standardPolicy({ name: 'x' }))\n"
const call = (name: string, sender: string): string =>
  `export async function ${name}() {\n  const response = await ${sender}('https://api.example/${name}')\n  if (!response.ok) throw new Error('failed')\n  return response.json()\n}\n`

function repository() {
  const folder = projectWith({ 'src/calls.ts': IMPORT + call('old', 'fetch') })
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'add', '.')
  git(folder, 'commit', '--quiet', '-m', 'first')
  return folder
}

async function judge(folder: string, options: object = {}) {
  const port = recordedPort()
  const exitCode = await coverageCommand({ folder, changedSince: 'main', require: 100, cache: false, ...options }, port)
  return { exitCode, err: port.err() }
}

describe('--changed-since --require 100', () => {
  it('ignores old calls', async () => {
    expect(await judge(repository())).toEqual({
      exitCode: 0,
      err: '0 calls on lines changed since main, 0 of them lack something.\n',
    })
  })

  it('fails for a new unprotected call, says where, and passes once it is protected', async () => {
    const folder = repository()
    git(folder, 'checkout', '--quiet', '-b', 'topic')
    writeFiles(folder, { 'src/calls.ts': IMPORT + call('old', 'fetch') + call('fresh', 'fetch') })
    git(folder, 'commit', '--quiet', '-am', 'new call')
    const failed = await judge(folder)
    expect(failed.exitCode).toBe(1)
    expect(failed.err).toContain('src/calls.ts:9:26 GET api.example/fresh is new and lacks: deadline, retry')
    expect(failed.err).not.toContain('/old')
    writeFiles(folder, { 'src/calls.ts': IMPORT + call('old', 'fetch') + call('fresh', 'safe') })
    expect(await judge(folder)).toMatchObject({ exitCode: 0 })
  })

  it('takes files that git does not know yet as new', async () => {
    const folder = repository()
    writeFiles(folder, { 'src/more ü.ts': call('more', 'fetch') })
    expect(await judge(folder)).toMatchObject({ exitCode: 1, err: expect.stringContaining('src/more ü.ts:2:26') })
  })

  it('asks for the measures that are named', async () => {
    const folder = repository()
    writeFiles(folder, { 'src/b.ts': call('b', 'fetch') })
    expect(await judge(folder, { measures: 'handledError' })).toMatchObject({ exitCode: 0 })
    expect(await judge(folder, { measures: 'handles' })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('there is no measure "handles"'),
    })
  })

  it('says that there is no such revision, or no repository', async () => {
    expect(await judge(repository(), { changedSince: 'nowhere' })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('nowhere'),
    })
    expect(await judge(projectWith({ 'a.ts': 'export {}' }))).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('needs a git repository'),
    })
  })
})

describe('--min', () => {
  it('fails below the percentage and names both', async () => {
    const port = recordedPort()
    const exitCode = await coverageCommand(
      { folder: repository(), min: 'deadline=90,handledError=100', cache: false },
      port,
    )
    expect(exitCode).toBe(1)
    expect(port.err()).toBe('holdfast: deadline: 0 % of the calls, 90 % asked for.\n')
  })

  it.each([
    ['deadline', 'must have the form'],
    ['deadlines=3', 'no measure "deadlines"'],
    ['retry=120', 'no percentage'],
  ])('refuses %s', async (min, message) => {
    const port = recordedPort()
    expect(await coverageCommand({ folder: repository(), min, cache: false }, port)).toBe(2)
    expect(port.err()).toContain(message)
  })
})
