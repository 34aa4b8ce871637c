import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { createFaultServer, json, respond, stall, type FaultServerOptions } from '@holdfast/fault-server'
import ts from 'typescript'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fixCommand, type FixCommandOptions } from '../src/commands/fix.ts'
import { recordedPort } from './project-folder.ts'

const fixtures = path.join(import.meta.dirname, 'fixtures')
const goldens = readdirSync(path.join(fixtures, 'codemods'))

/** A copy inside this package, where imports of its dependencies resolve. */
function copyOf(folder: string): string {
  const root = mkdtempSync(path.join(import.meta.dirname, 'copy-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  cpSync(folder, root, { recursive: true })
  // The copy of axios that the plug-in sees; pnpm may give this package another one.
  mkdirSync(path.join(root, 'node_modules'))
  symlinkSync(
    path.resolve(import.meta.dirname, '../../axios-interceptor/node_modules/axios'),
    path.join(root, 'node_modules/axios'),
  )
  return root
}

const textsIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== 'node_modules')
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  )

async function fix(options: FixCommandOptions) {
  const port = recordedPort()
  const exitCode = await fixCommand(options, port)
  return { exitCode, out: port.out(), err: port.err() }
}

describe('golden pairs', () => {
  it.each(goldens)('%s: shows first, writes what is expected, and changes nothing more', async (codemod) => {
    const before = path.join(fixtures, 'codemods', codemod, 'before')
    const folder = copyOf(before)
    const preview = await fix({ codemod, folder })
    expect(preview.exitCode).toBe(0)
    expect(preview.out).toContain('@@ ')
    expect(preview.err).toContain('--write changes them')
    expect(textsIn(folder)).toEqual(textsIn(before))

    await fix({ codemod, folder, write: true })
    const after = textsIn(path.join(fixtures, 'codemods', codemod, 'after'))
    expect(textsIn(folder)).toEqual(after)

    const again = await fix({ codemod, folder, write: true })
    expect(again.out).toBe('')
    expect(again.err).toContain('Nothing to change.')
    expect(textsIn(folder)).toEqual(after)
  })

  it('compile', { timeout: 60_000 }, () => {
    const files = goldens.flatMap((codemod) => {
      const folder = path.join(fixtures, 'codemods', codemod, 'after')
      return readdirSync(folder).map((name) => path.join(folder, name))
    })
    const program = ts.createProgram(files, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      customConditions: ['@holdfast/source'],
      allowImportingTsExtensions: true,
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: ['node'],
    })
    const problems = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    expect(
      problems.map(
        ({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      ),
    ).toEqual([])
  })
})

/** Runs an app as its own process; undefined when it fails. */
function run(folder: string, url: string): Promise<unknown> {
  const flags = ['--conditions=@holdfast/source', '--experimental-strip-types', '--no-warnings', 'app.ts']
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      flags,
      { cwd: folder, env: { ...process.env, UPSTREAM_URL: url }, timeout: 20_000 },
      (error, stdout) => resolve(error ? undefined : JSON.parse(stdout)),
    )
  })
}

const unavailable = respond(503)
const OUTAGES: Record<string, FaultServerOptions['script']> = {
  attach: [unavailable, unavailable, json({ ok: true })],
  'ky-hooks': [unavailable, unavailable, json({ ok: true })],
  'wrap-fetch': [unavailable, unavailable, json({ ok: true })],
}

describe('what a scripted outage breaks before survives it afterwards', () => {
  it.each(Object.entries(OUTAGES))('%s', async (codemod, script) => {
    const folder = copyOf(path.join(fixtures, 'apps', codemod))
    const answers = async (): Promise<unknown> => {
      const server = await createFaultServer({ script: script ?? [] })
      try {
        return await run(folder, server.url)
      } finally {
        await server.close()
      }
    }
    expect(await answers()).toBeUndefined()
    await fix({ codemod, folder, write: true })
    expect(await answers()).toEqual({ ok: true })
  })

  it('timeout: a server that never answers no longer holds the program', async () => {
    const folder = copyOf(path.join(fixtures, 'apps/timeout'))
    await fix({ codemod: 'timeout', folder, write: true, timeoutMs: 300 })
    const server = await createFaultServer({ script: [stall()] })
    try {
      expect(await run(folder, server.url)).toEqual({ gaveUp: 'ECONNABORTED' })
    } finally {
      await server.close()
    }
  })

  // A server that asks for a pause: what is replaced asks again at once, or after its own fixed pause.
  it.each(['axios-retry', 'retry-loops'])('%s: waits as long as the server asks, and survives', async (codemod) => {
    const folder = copyOf(path.join(fixtures, 'apps', codemod))
    const survives = async (): Promise<unknown> => {
      const opensAtMs = Date.now() + 800
      const server = await createFaultServer({
        handler: () => {
          const isOpen = Date.now() >= opensAtMs
          return isOpen ? json({ ok: true }) : respond(503, { headers: { 'retry-after': '1' } })
        },
      })
      try {
        return await run(folder, server.url)
      } finally {
        await server.close()
      }
    }
    if (codemod === 'retry-loops') expect(await survives()).toBeUndefined()
    await fix({ codemod, folder, write: true })
    expect(await survives()).toEqual({ ok: true })
  })
})
