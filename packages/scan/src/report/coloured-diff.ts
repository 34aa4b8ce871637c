import { styleText } from 'node:util'
import { createTwoFilesPatch } from 'diff'
import type { PlannedFile } from '../codemods/plan-fixes.ts'

const CONTEXT_LINES = 3

/** A change as a unified diff that `git apply` takes. */
export function colouredDiff({ path, before, after }: PlannedFile, isColoured: boolean): string {
  const from = before === undefined ? '/dev/null' : `a/${path}`
  const patch = createTwoFilesPatch(from, `b/${path}`, before ?? '', after, undefined, undefined, {
    context: CONTEXT_LINES,
  })
  const lines = patch.split('\n').filter((line) => !line.startsWith('======'))
  if (!isColoured) return lines.join('\n')
  return lines
    .map((line) => {
      if (/^(\+\+\+|---) /.test(line)) return styleText('bold', line, { validateStream: false })
      if (line.startsWith('+')) return styleText('green', line, { validateStream: false })
      if (line.startsWith('-')) return styleText('red', line, { validateStream: false })
      return line.startsWith('@@') ? styleText('cyan', line, { validateStream: false }) : line
    })
    .join('\n')
}
