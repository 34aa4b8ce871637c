import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readLog } from '../src/app/log.ts'
import { logFolder, type Settings } from '../src/app/settings.ts'
import { runProgram } from '../src/cli/program.ts'
import { clockTime } from '../src/messages/explain.ts'
import { threeParts } from './shown.ts'
import { stage, temporaryFolder } from './stage.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly error: string
}

const run = async (
  variables: Readonly<Record<string, string | undefined>>,
  ...argv: readonly string[]
): Promise<Ran> => {
  const out: string[] = []
  const error: string[] = []
  const terminal = { variables, out: (text: string) => out.push(text), error: (text: string) => error.push(text) }
  const code = await runProgram(argv, terminal)
  return { code, out: out.join('\n'), error: error.join('\n') }
}

const variablesOf = ({ clientId, apiBase, accountsBase, folder }: Settings) => ({
  SPOTIFY_CLIENT_ID: clientId,
  SPOTIFY_API_BASE: apiBase,
  SPOTIFY_ACCOUNTS_BASE: accountsBase,
  TIME_MACHINE_DATA: folder,
})

test('snapshot, playlist, stats, export: each does its part and says what it did', async () => {
  const { settings, simulator } = await stage()
  const variables = variablesOf(settings)
  const snapshot = await run(variables, 'snapshot')
  expect(snapshot).toMatchObject({ code: 0, error: '' })
  expect(snapshot.out).toContain('7 of 7 lists complete')
  expect(await run(variables, 'playlist', 'preview')).toMatchObject({ code: 0 })
  expect(simulator.playlists.list()).toEqual([])
  expect((await run(variables, 'playlist', 'sync')).out).toContain('now holds 50 songs')
  expect((await run(variables, 'playlist', 'sync')).out).toContain('already held 50 songs')
  expect((await run(variables, 'playlist', 'undo')).out).toContain('holds again the 0 songs')
  expect((await run(variables, 'stats')).out).toMatch(/^\d{4}-\d\d: - as in the month before/)
  const file = join(settings.folder, 'data.csv')
  expect(await run(variables, 'export', '-f', 'csv', '-o', file)).toMatchObject({ code: 0 })
  const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  expect(lines).toHaveLength(301)
  const json = JSON.parse((await run(variables, 'export')).out) as { ranks: unknown[]; plays: unknown[] }
  expect([json.ranks.length, json.plays.length]).toEqual([300, 50])
  const log = readLog(logFolder(settings))
  expect(log[0]?.message).toContain('snapshot: 7 of 7')
  expect(log[0]?.requestId).toMatch(/^[\da-f-]{36}$/)
})

test('S8 in the terminal: partial at once with the time, then a run that sends nothing, then one that waits', async () => {
  const { settings, simulator, machine } = await stage()
  const variables = variablesOf(settings)
  simulator.arm('S8')
  const first = await run(variables, 'snapshot')
  expect(first.code).toBe(3)
  expect(first.error).toMatch(/What to do: Nothing: the next run goes on by itself after \d+ \w+ \d{4}/)
  const sent = simulator.journal.length
  expect((await run(variables, 'snapshot')).code).toBe(3)
  expect(simulator.journal).toHaveLength(sent)
  simulator.faults.clear()
  machine.store.limits.write({ untilMs: Date.now() + 700, reason: 'rate-limit' })
  const waited = await run(variables, 'snapshot', '--wait')
  expect(waited.out).toContain('Waiting until')
  expect(waited.code).toBe(0)
})

test('S8 as a process of its own: ends at once with exit code 3; the next one sends nothing and says until when', async () => {
  const { settings, simulator, machine } = await stage()
  simulator.arm('S8')
  const snapshot = async (): Promise<{ readonly code: unknown; readonly stderr: string }> => {
    const flags = ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning']
    const env = { ...process.env, ...variablesOf(settings) }
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
    try {
      // A process that waited for the ban would be ended here, without an exit code.
      const { stderr } = await promisify(execFile)(process.execPath, [...flags, main, 'snapshot'], {
        env,
        timeout: 60_000,
      })
      return { code: 0, stderr }
    } catch (error) {
      return error as { readonly code: unknown; readonly stderr: string }
    }
  }
  const first = await snapshot()
  expect(first.code).toBe(3)
  const { untilMs } = machine.store.limits.read()!
  expect(untilMs - Date.now()).toBeGreaterThan(79_000_000)
  const sent = simulator.journal.length
  const second = await snapshot()
  expect(second.code).toBe(3)
  expect(simulator.journal).toHaveLength(sent)
  for (const { stderr } of [first, second]) {
    expect(threeParts(stderr.trim())).toMatchObject({
      what: 'Spotify asks us to wait.',
      todo: `Nothing: the next run goes on by itself after ${clockTime(untilMs)}.`,
    })
  }
})

test('what a person has to do first is exit code 4, with three lines', async () => {
  const { settings, simulator } = await stage({ hasConsent: false })
  const variables = variablesOf(settings)
  const consent = await run(variables, 'snapshot')
  expect(consent.code).toBe(4)
  expect(consent.error.split('\n')).toHaveLength(3)
  expect(consent.error).toContain('Run the command "login"')
  expect(simulator.journal).toEqual([])
  const credentials = await run({ ...variables, SPOTIFY_CLIENT_ID: undefined }, 'snapshot')
  expect([credentials.code, credentials.error]).toEqual([4, expect.stringContaining('SPOTIFY_CLIENT_ID')])
  const wrong = await run(
    { SPOTIFY_CLIENT_ID: 'x', SPOTIFY_API_BASE: 'nonsense', TIME_MACHINE_DATA: settings.folder },
    'snapshot',
  )
  expect(wrong.error).toContain('SPOTIFY_CLIENT_ID')
  expect(wrong.error).toContain('SPOTIFY_API_BASE')
  expect(wrong.error).not.toContain('nonsense')
  expect((await run(variables, 'snapshoot')).code).toBe(2)
})

test('a page whose port is taken says so', async () => {
  const { settings, simulator } = await stage()
  const refused = await run(variablesOf(settings), 'serve', '--port', new URL(simulator.origin).port)
  expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('The port of the page is taken.')])
})

test('simulate-years fills an empty folder, refuses one with data of its own, and shows holes', async () => {
  const folder = temporaryFolder()
  const variables = { TIME_MACHINE_DATA: folder }
  expect(await run(variables, 'simulate-years', '1.5')).toMatchObject({ code: 0, error: '' })
  const { lists } = JSON.parse((await run(variables, 'export')).out) as { lists: { month: string; status: string }[] }
  expect(new Set(lists.map(({ month }) => month)).size).toBe(18)
  expect(new Set(lists.map(({ status }) => status))).toEqual(new Set(['complete', 'partial', 'failed', 'missed']))
  expect((await run(variables, 'simulate-years', 'x')).code).toBe(2)
  const { settings } = await stage()
  await run(variablesOf(settings), 'snapshot')
  const refused = await run(variablesOf(settings), 'simulate-years', '1')
  expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('snapshots of your own')])
})
