import { execFileSync } from 'node:child_process'
import { ScanError } from '../errors.ts'

const GIT_TIMEOUT_MS = 30_000

/**
 * Tells which lines differ from a revision, in commits, in the index and in the work tree; files that git does not know
 * yet are new as a whole.
 * @throws ScanError when there is no repository or no such revision
 */
export function changedLines(root: string, revision: string): (file: string, line: number, endLine: number) => boolean {
  if (revision.startsWith('-')) throw new ScanError(`--changed-since: ${JSON.stringify(revision)} is no revision.`)
  const git = (...args: string[]): string => {
    try {
      return execFileSync('git', ['-c', 'core.quotePath=false', ...args], {
        cwd: root,
        encoding: 'utf8',
        timeout: GIT_TIMEOUT_MS,
        maxBuffer: 256 * 1024 * 1024,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    } catch (error) {
      const detail = ((error as { stderr?: string }).stderr ?? '').trim().split('\n')[0] ?? ''
      throw new ScanError(
        `--changed-since ${revision}: git says ${JSON.stringify(detail)}. It needs a git repository that has this revision; in CI fetch enough history.`,
        { cause: error },
      )
    }
  }
  const base = git('merge-base', revision, 'HEAD').trim()
  const ranges = parseDiff(
    git('diff', '--unified=0', '--no-color', '--no-ext-diff', '--no-renames', '--relative', base, '--', '.'),
  )
  const untracked = new Set(git('ls-files', '-z', '--others', '--exclude-standard').split('\0'))
  return (file, line, endLine) =>
    untracked.has(file) || (ranges.get(file) ?? []).some(([first, last]) => first <= endLine && last >= line)
}

/** The added lines of a diff without context, by file. */
function parseDiff(diff: string): Map<string, (readonly [number, number])[]> {
  const ranges = new Map<string, (readonly [number, number])[]>()
  let current: (readonly [number, number])[] = []
  let isHeader = true
  for (const line of diff.split('\n')) {
    if (line.startsWith('diff --git ')) isHeader = true
    const file = isHeader ? /^\+\+\+ (?:"?b\/)(.*?)"?\t?$/.exec(line)?.[1] : undefined
    if (file !== undefined) {
      current = []
      ranges.set(file, current)
    }
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (!hunk) continue
    isHeader = false
    const first = Number(hunk[1])
    const count = hunk[2] === undefined ? 1 : Number(hunk[2])
    if (count > 0) current.push([first, first + count - 1])
  }
  return ranges
}
