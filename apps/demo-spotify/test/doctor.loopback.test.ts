import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { holdRefusedPort } from '@holdfast/test-services'
import { expect, test } from 'vitest'
import { databasePath, tokensPath, type Settings } from '../src/app/settings.ts'
import { runProgram } from '../src/cli/program.ts'
import { examine, exitCodeOf, type Finding } from '../src/doctor/index.ts'
import { stage } from './stage.ts'

const bad = (findings: readonly Finding[]): string[] =>
  findings.filter(({ status }) => status === 'failed').map(({ area, check }) => `${area} ${check}`)

interface Verdict {
  readonly failed: readonly string[]
  readonly exitCode: number
  readonly todo: string
}

const judge = async (settings: Settings, now?: () => number): Promise<Verdict> => {
  const findings = await examine(settings, undefined, now)
  const todo = findings.find(({ status }) => status === 'failed')?.message.todo ?? ''
  return { failed: bad(findings), exitCode: exitCodeOf(findings), todo }
}

test('a sound set-up: nothing to say, exit code 0', async () => {
  const { settings } = await stage()
  expect(await judge(settings)).toEqual({ failed: [], exitCode: 0, todo: '' })
})

test('1 no database', async () => {
  const { settings } = await stage()
  for (const end of ['', '-wal', '-shm']) rmSync(`${databasePath(settings)}${end}`, { force: true })
  const verdict = await judge(settings)
  expect(verdict).toMatchObject({ failed: ['database file'], exitCode: 11 })
  expect(verdict.todo).toContain('"snapshot"')
})

test('2 a database of another program', async () => {
  const { settings } = await stage()
  const folder = `${settings.folder}/other`
  const other = { ...settings, folder }
  const { mkdirSync, copyFileSync } = await import('node:fs')
  mkdirSync(folder)
  copyFileSync(tokensPath(settings), tokensPath(other))
  const database = new DatabaseSync(databasePath(other))
  database.exec('CREATE TABLE recipes (name TEXT)')
  database.close()
  // The tokens of the other folder are a copy whose journal stayed behind: only the database is judged here.
  const findings = await examine(other, ['database'])
  expect([bad(findings), exitCodeOf(findings)]).toEqual([['database file'], 11])
  expect(findings[0]?.message.what).toBe('The file is a database of another program.')
})

test('3 a locked database', async () => {
  const { settings } = await stage()
  const holder = new DatabaseSync(databasePath(settings))
  holder.exec('BEGIN IMMEDIATE')
  const verdict = await judge(settings)
  expect(verdict).toMatchObject({ failed: ['database file'], exitCode: 11 })
  expect(verdict.todo).toContain('Close the other program')
  holder.close()
})

test('4 no credentials', async () => {
  const { settings } = await stage()
  const verdict = await judge({ ...settings, clientId: undefined })
  expect(verdict).toMatchObject({ failed: ['oauth credentials'], exitCode: 12 })
  expect(verdict.todo).toContain('SPOTIFY_CLIENT_ID')
})

test('5 a wrong redirect address', async () => {
  const { settings } = await stage()
  const verdict = await judge({ ...settings, redirectUri: 'http://localhost:4699/callback' })
  expect(verdict).toMatchObject({ failed: ['oauth redirect'], exitCode: 12 })
  expect(verdict.todo).toContain('http://127.0.0.1:4699/callback')
})

test('6 an expired consent, known here and known to Spotify alone', async () => {
  const { settings, machine, simulator } = await stage()
  const held = machine.tokenStore.read()!
  machine.tokenStore.write({ ...held, consentAtMs: Date.now() - 190 * 86_400_000 })
  expect(await judge(settings)).toMatchObject({ failed: ['oauth consent'], exitCode: 12 })
  machine.tokenStore.write(held)
  simulator.arm('S3')
  const verdict = await judge(settings)
  expect(verdict).toMatchObject({ failed: ['oauth consent'], exitCode: 12 })
  expect(verdict.todo).toContain('"login"')
})

test('7 a wrong clock', async () => {
  const { settings } = await stage()
  const verdict = await judge(settings, () => Date.now() - 20 * 60_000)
  expect(verdict).toMatchObject({ failed: ['oauth clock'], exitCode: 12 })
  expect(verdict.todo).toContain('automatic time')
})

test('8 no network', async () => {
  const { settings } = await stage()
  const refused = await holdRefusedPort()
  try {
    const base = `http://127.0.0.1:${refused.port}`
    const verdict = await judge({ ...settings, apiBase: `${base}/v1`, accountsBase: base })
    expect(verdict).toMatchObject({ failed: ['api reachable'], exitCode: 14 })
    expect(verdict.todo).toContain('connection')
  } finally {
    await refused.release()
  }
})

test('9 the quota', async () => {
  const { settings, simulator } = await stage()
  simulator.faults.arm({
    match: / \/v1\/me$/,
    after: 1,
    answer: { status: 429, body: '{"error":{"status":429,"message":"Too many requests","reason":"QUOTA_EXCEEDED"}}' },
  })
  const verdict = await judge(settings)
  expect(verdict).toMatchObject({ failed: ['api access'], exitCode: 14 })
  expect(verdict.todo).toContain('by itself after')
})

test('10 not on the list of users', async () => {
  const { settings, simulator } = await stage()
  simulator.arm('S12')
  const verdict = await judge(settings)
  expect(verdict).toMatchObject({ failed: ['api access'], exitCode: 14 })
  expect(verdict.todo).toContain('User Management')
})

test('the command prints what, why and what to do, or JSON, and gives the exit code', async () => {
  const { settings } = await stage()
  const lines: string[] = []
  const terminal = {
    out: (text: string) => lines.push(text),
    error: (text: string) => lines.push(text),
    variables: {
      SPOTIFY_REDIRECT_URI: 'http://localhost:4699/callback',
      SPOTIFY_CLIENT_ID: settings.clientId,
      SPOTIFY_API_BASE: settings.apiBase,
      SPOTIFY_ACCOUNTS_BASE: settings.accountsBase,
      TIME_MACHINE_DATA: settings.folder,
    },
  }
  expect(await runProgram(['doctor'], terminal)).toBe(12)
  expect(lines.join('\n')).toContain('FAILED   oauth redirect: Spotify will not accept the redirect address.')
  expect(lines.join('\n')).toContain('What to do: Set it to http://127.0.0.1:4699/callback')
  lines.length = 0
  expect(await runProgram(['doctor', 'database', '--json'], terminal)).toBe(0)
  const report = JSON.parse(lines.join('')) as { exitCode: number; findings: { area: string }[] }
  expect(new Set(report.findings.map(({ area }) => area))).toEqual(new Set(['database']))
  expect(await runProgram(['doctor', 'stars'], terminal)).toBe(2)
})
