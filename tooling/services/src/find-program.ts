import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

const DEBIAN_POSTGRES = '/usr/lib/postgresql'

// Debian puts servers where the path of an ordinary user does not lead.
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin']

// Debian keeps the server of each version of PostgreSQL out of the path.
const postgresFolders = (): readonly string[] =>
  existsSync(DEBIAN_POSTGRES)
    ? readdirSync(DEBIAN_POSTGRES)
        .toSorted((left, right) => Number(right) - Number(left))
        .map((version) => path.join(DEBIAN_POSTGRES, version, 'bin'))
    : []

/** Where a program is installed; undefined when it is not. */
export const findProgram = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(path.delimiter), ...SERVER_FOLDERS, ...postgresFolders()]
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file))

/**
 * Whether tests that need the program are to be skipped: it is missing, and this is no CI run.
 *
 * Says so aloud; where `CI` is set a missing program is an error.
 *
 * @param debianPackage - What to install for it.
 */
export const isMissing = (name: string, debianPackage: string): boolean => {
  if (findProgram(name) !== undefined) return false
  const advice = `${name} was not found. Install it (Debian: apt-get install ${debianPackage}).`
  if ((process.env['CI'] ?? '') !== '') throw new Error(advice)
  process.stderr.write(`SKIPPED: ${advice}\n`)
  return true
}
