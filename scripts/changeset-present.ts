/**
 * A change of the source of a published package needs a changeset: the text its users read in the changelog.
 * Compared with the merge base of HEAD and CHANGESET_BASE (default origin/main, else main).
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { capture, run } from './lib/run.ts'
import { root } from './lib/workspace.ts'

function git(...args: string[]): string | undefined {
  try {
    return capture('git', args).trim()
  } catch {
    return undefined
  }
}

const entries = readdirSync(path.join(root, '.changeset')).filter(
  (file) => file.endsWith('.md') && file !== 'README.md',
)
const base = [process.env['CHANGESET_BASE'], 'origin/main', 'main']
  .filter((name) => name !== undefined)
  .map((name) => git('merge-base', 'HEAD', name))
  .find((commit) => commit !== undefined)

if (base === undefined) {
  if (entries.length === 0) {
    console.error('.changeset/ has no entry. Describe the first release: pnpm changeset')
    process.exitCode = 1
  }
} else if (base === git('rev-parse', 'HEAD')) {
  console.log(`No commit since ${base.slice(0, 9)}: nothing to compare.`)
} else if (!run('changeset', ['status', '--since', base])) {
  console.error('\nA published package changed without a changeset. Write one (pnpm changeset) and git add it.')
  process.exitCode = 1
}
