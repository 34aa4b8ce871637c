/**
 * Fails when a call to another server, anywhere in this repository, has no deadline or loses its error, and when the
 * badge of the README is not the one of today.
 *
 *   node scripts/call-coverage.ts            judges, and compares the badge
 *   node scripts/call-coverage.ts --update   writes the badge
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run } from './lib/run.ts'
import { root } from './lib/workspace.ts'

const badge = path.join(root, 'docs/call-coverage.svg')
const isUpdate = process.argv.includes('--update')
const folder = mkdtempSync(path.join(tmpdir(), 'call-coverage-'))
try {
  const written = isUpdate ? badge : path.join(folder, 'badge.svg')
  const isCovered = run(process.execPath, [
    '--conditions=@holdfast/source',
    '--disable-warning=ExperimentalWarning',
    'packages/cli/src/bin.ts',
    'coverage',
    '--by',
    'package',
    '--list-unknown',
    '--badge',
    written,
  ])
  const isWritten = existsSync(written)
  const isCurrent = isWritten && existsSync(badge) && readFileSync(written, 'utf8') === readFileSync(badge, 'utf8')
  if (isWritten && !isCurrent)
    console.error('docs/call-coverage.svg is out of date: node scripts/call-coverage.ts --update')
  process.exitCode = isCovered && isCurrent ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
