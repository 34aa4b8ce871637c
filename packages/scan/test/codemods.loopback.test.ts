import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaultServer, json, respond, stall, type FaultServerOptions } from '@holdfast/fault-server'
import ts from 'typescript'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CODEMOD_LIST, fixCommand, type FixCommandOptions } from '../src/commands/fix.ts'
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
    expect(preview.err).toContain('--write changes ')
    expect(textsIn(folder)).toEqual(textsIn(before))

    await fix({ codemod, folder, write: true })
    const after = textsIn(path.join(fixtures, 'codemods', codemod, 'after'))
    expect(textsIn(folder)).toEqual(after)

    const again = await fix({ codemod, folder, write: true })
    expect(again.out).toBe('')
    expect(again.err).toContain('Nothing to change.')
    expect(textsIn(folder)).toEqual(after)
  })

  it('compile, and so do the changed apps', { timeout: 60_000 }, async () => {
    const apps = goldens.map((codemod) => copyOf(path.join(fixtures, 'apps', codemod)))
    for (const [index, folder] of apps.entries()) await fix({ codemod: goldens[index] ?? '', folder, write: true })
    const folders = [...goldens.map((codemod) => path.join(fixtures, 'codemods', codemod, 'after')), ...apps]
    const files = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => path.join(folder, name)),
    )
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
function run(folder: string, url: string, signal?: AbortSignal): Promise<unknown> {
  const flags = ['--conditions=@holdfast/source', '--experimental-strip-types', '--no-warnings', 'app.ts']
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      flags,
      { cwd: folder, env: { ...process.env, UPSTREAM_URL: url }, timeout: 20_000, ...(signal ? { signal } : {}) },
      (error, stdout) => resolve(error ? undefined : JSON.parse(stdout)),
    )
  })
}

const unavailable = respond(503)
const pause = { 'retry-after': '1' }
const openAfter =
  (ms: number): (() => FaultServerOptions) =>
  () => {
    let opensAtMs: number | undefined
    return {
      handler: () =>
        Date.now() >= (opensAtMs ??= Date.now() + ms) ? json({ ok: true }) : respond(503, { headers: pause }),
    }
  }

interface Outage {
  readonly server: () => FaultServerOptions
  /** What the app prints; undefined when it fails. */
  readonly before: unknown
  readonly after: unknown
  /** What the server is asked. */
  readonly asked?: { readonly before: readonly string[]; readonly after: readonly string[] }
}

const shortOutage: Outage = {
  server: () => ({ script: [unavailable, unavailable, json({ ok: true })] }),
  before: undefined,
  after: { ok: true },
}
const OUTAGES: Record<string, Outage> = {
  attach: shortOutage,
  'ky-hooks': shortOutage,
  'wrap-fetch': shortOutage,
  // A proxy that gave up waiting for the request: axios-retry takes its 408 for the last word.
  'axios-retry': {
    ...shortOutage,
    server: () => ({ script: [respond(408), json({ ok: true })] }),
  },
  // The server asks for a pause; the loops ask again after their own.
  'retry-loops': { server: openAfter(800), before: undefined, after: [{ ok: true }, { ok: true }] },
  // A failure taken for absence makes the app create what is there.
  'service-error': {
    server: () => ({ script: [unavailable, respond(201)] }),
    before: { created: 'p-1' },
    after: { postponed: 'service-unavailable' },
    asked: { before: ['GET', 'POST'], after: ['GET'] },
  },
  'log-fields': {
    server: () => ({ script: [unavailable] }),
    before: expect.not.objectContaining({ err: expect.anything() }),
    after: expect.objectContaining({
      orderId: 'o-1',
      err: expect.objectContaining({ code: 'ERR_BAD_RESPONSE', stack: expect.stringContaining('app.ts') }),
    }),
  },
}

describe('what a scripted outage breaks before survives it afterwards', () => {
  it.each(Object.entries(OUTAGES))('%s', async (codemod, outage) => {
    const folder = copyOf(path.join(fixtures, 'apps', codemod))
    const answers = async (): Promise<{ printed: unknown; asked: string[] }> => {
      const server = await createFaultServer(outage.server())
      try {
        const printed = await run(folder, server.url)
        return { printed, asked: server.journal.entries.map(({ method }) => method) }
      } finally {
        await server.close()
      }
    }
    const before = await answers()
    expect(before.printed).toEqual(outage.before)
    await fix({ codemod, folder, write: true })
    const after = await answers()
    expect(after.printed).toEqual(outage.after)
    if (outage.asked) expect({ before: before.asked, after: after.asked }).toEqual(outage.asked)
    expect(await fix({ codemod, folder, write: true })).toMatchObject({ out: '' })
  })

  it('timeout: a server that never answers no longer holds the program', async () => {
    const folder = copyOf(path.join(fixtures, 'apps/timeout'))
    const server = await createFaultServer({ script: [stall()] })
    const stop = new AbortController()
    try {
      const held = run(folder, server.url, stop.signal)
      await expect.poll(() => server.journal.entries.length, { timeout: 20_000 }).toBe(1)
      expect(await Promise.race([held, sleep(1_000, 'still waiting')])).toBe('still waiting')
      stop.abort()
      await held
      await fix({ codemod: 'timeout', folder, write: true, timeoutMs: 300 })
      expect(await run(folder, server.url)).toEqual({ gaveUp: 'ECONNABORTED' })
      expect(await fix({ codemod: 'timeout', folder, write: true })).toMatchObject({ out: '' })
    } finally {
      stop.abort()
      await server.close()
    }
  })

  it('is shown for every codemod', () => {
    const names = CODEMOD_LIST.map(({ name }) => name).sort()
    expect(goldens.toSorted()).toEqual(names)
    expect([...Object.keys(OUTAGES), 'timeout'].sort()).toEqual(names)
  })
})
