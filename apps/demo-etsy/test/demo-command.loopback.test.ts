import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Runs the command as `pnpm demo` does. */
async function demo(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const flags = ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, entry, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (text) => (out += String(text)))
  child.stderr.on('data', (text) => (err += String(text)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, out, err }
}

test('the help exits with 0 and a wrong argument with 2, without a stack', async () => {
  const [help, wrong] = await Promise.all([demo('--help'), demo('--scenario', 'storm')])
  expect(help).toMatchObject({ code: 0, err: '' })
  expect(help.out).toContain('--html FILE')
  expect(wrong).toEqual({
    code: 2,
    out: '',
    err: 'demo: --scenario: there is no scenario "storm"; choose one of day, calm, outage, quota, resets, stalls\nTry "pnpm demo --help".\n',
  })
})
