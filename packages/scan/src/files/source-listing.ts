import { execFileSync } from 'node:child_process'
import { readdirSync, statSync, type Stats } from 'node:fs'
import path from 'node:path'
import { reasonOf, ScanError } from '../errors.ts'

const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx|vue)$/
const SETTINGS = /(?:^|\/)(?:package|tsconfig[^/]*|jsconfig)\.json$/
const GIT_TIMEOUT_MS = 20_000

export interface ListedFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly modifiedMs: number
  readonly bytes: number
}

export interface Listing {
  readonly sources: readonly ListedFile[]
  /** Manifests and TypeScript configurations: what they say changes the findings of other files. */
  readonly settings: readonly ListedFile[]
}

/**
 * The source files below a folder, sorted. What git ignores is left out where the folder is in a git work tree; elsewhere
 * `node_modules`, `dist`, `coverage` and folders with a leading dot are.
 * @throws ScanError when the folder does not exist, is none, or has no source file
 */
export function listSources(root: string, ignore: readonly string[] = []): Listing {
  const stats = statOf(root)
  if (!stats) throw new ScanError(`${root} does not exist; give the folder to scan.`)
  if (!stats.isDirectory()) throw new ScanError(`${root} is no folder; give the folder that the file is in.`)
  const all = (fromGit(root) ?? fromFolders(root)).filter(
    (file) =>
      !/(^|\/)(node_modules|\.[^/]+)\//.test(file) && !ignore.some((glob) => path.posix.matchesGlob(file, glob)),
  )
  const listed = (files: string[]): ListedFile[] =>
    files.sort().flatMap((file) => {
      const found = statOf(path.join(root, file))
      return found?.isFile() ? [{ path: file, modifiedMs: found.mtimeMs, bytes: found.size }] : []
    })
  const sources = listed(all.filter((file) => SOURCE.test(file) && !file.endsWith('.d.ts')))
  if (sources.length === 0)
    throw new ScanError(
      `${root} has no JavaScript, TypeScript or Vue files that are not ignored; check the folder and \`ignore\`.`,
    )
  return { sources, settings: listed(all.filter((file) => SETTINGS.test(file))) }
}

function statOf(target: string): Stats | undefined {
  try {
    return statSync(target, { throwIfNoEntry: false })
  } catch (error) {
    throw new ScanError(`${target} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

function fromGit(root: string): string[] | undefined {
  try {
    const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      timeout: GIT_TIMEOUT_MS,
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const files = [...new Set(output.split('\0').filter((file) => file !== ''))]
    // A folder that git ignores as a whole lists nothing, and is scanned because it was asked for.
    return files.length > 0 ? files : undefined
    // eslint-disable-next-line holdfast/no-broad-catch -- however git fails, the folders themselves are listed
  } catch {
    // No git here, or no work tree.
    return undefined
  }
}

function fromFolders(root: string): string[] {
  const found: string[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (!/^(node_modules|dist|coverage|\..*)$/.test(entry.name)) visit(relative)
      } else if (entry.isFile()) found.push(relative)
    }
  }
  visit('')
  return found
}
