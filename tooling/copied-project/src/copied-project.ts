import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { nodePath, root, run } from './commands.ts'

const settings = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ['src'],
}

/** What somebody copies, and what they install. */
export interface CopiedProjectOptions {
  /** The app, with its `src` and `node_modules`. */
  readonly app: string
  /** Folders under its `src`. */
  readonly folders: readonly string[]
  /** Packed packages by name. */
  readonly tarballs: ReadonlyMap<string, string>
  /** Other packages, taken from the app's own. */
  readonly libraries: readonly string[]
  /** TypeScript that uses the folders, from `src`. */
  readonly scenario: string
}

/** An empty project into which folders of an app were copied. */
export class CopiedProject {
  readonly folder: string

  constructor({ app, folders, tarballs, libraries, scenario }: CopiedProjectOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'holdfast-copied-'))
    const modules = join(this.folder, 'node_modules')
    for (const [name, tarball] of tarballs) {
      const target = join(modules, '@holdfast', name)
      mkdirSync(target, { recursive: true })
      run('tar', ['-xzf', tarball, '--strip-components=1', '-C', target], this.folder)
    }
    const link = (name: string, from: string): void => {
      mkdirSync(dirname(join(modules, name)), { recursive: true })
      symlinkSync(realpathSync(join(from, name)), join(modules, name))
    }
    for (const name of libraries) link(name, join(app, 'node_modules'))
    link('@types/node', join(root, 'node_modules'))
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(this.folder, 'tsconfig.json'), JSON.stringify(settings))
    for (const name of folders) cpSync(join(app, 'src', name), join(this.folder, 'src', name), { recursive: true })
    writeFileSync(join(this.folder, 'src/scenario.ts'), scenario)
  }

  /** @throws {Error} With what the compiler says. */
  typecheck(): void {
    run('tsc', ['-p', '.'], this.folder)
  }

  /** Runs the scenario and returns what it prints; nothing of this process's environment is passed on but the path. */
  async run(environment: Readonly<Record<string, string>>): Promise<string> {
    const child = spawn(nodePath, ['--disable-warning=ExperimentalWarning', 'src/scenario.ts'], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], ...environment },
    })
    let out = ''
    child.stdout.on('data', (text) => (out += String(text)))
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (code !== 0) throw new Error(`the scenario ended with code ${String(code)} after printing: ${out}`)
    return out.trim()
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
