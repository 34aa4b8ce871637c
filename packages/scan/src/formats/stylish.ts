import { styleText } from 'node:util'
import type { ScanReport } from './scan-report.ts'

type Style = Parameters<typeof styleText>[0]

/** The findings by file, as ESLint prints them, and one line that sums them up. */
export function stylish({ fresh, unchanged, absent, unparsed, hasBaseline }: ScanReport, isColoured: boolean): string {
  const paint = (style: Style, text: string): string =>
    isColoured ? styleText(style, text, { validateStream: false }) : text
  const lines: string[] = []
  for (const path of new Set(fresh.map((finding) => finding.path))) {
    const findings = fresh.filter((finding) => finding.path === path)
    lines.push(paint('underline', path))
    const places = findings.map(({ line, column }) => `${line}:${column}`)
    const width = Math.max(...places.map((place) => place.length))
    for (const [index, { severity, message, rule }] of findings.entries()) {
      const level = severity === 'error' ? paint('red', 'error  ') : paint('yellow', 'warning')
      lines.push(
        `  ${paint('dim', (places[index] ?? '').padStart(width))}  ${level}  ${message}  ${paint('dim', rule)}`,
      )
    }
    lines.push('')
  }
  for (const { path, problem } of unparsed) lines.push(`${paint('yellow', 'not read')}  ${path}: ${problem}`)
  if (unparsed.length > 0) lines.push('')
  const errors = fresh.filter(({ severity }) => severity === 'error').length
  const parts = [counted(errors, 'error'), counted(fresh.length - errors, 'warning')]
  if (hasBaseline) parts.push(`${unchanged.length} known from the baseline`)
  if (absent.length > 0) parts.push(`${absent.length} of the baseline fixed (take them out with --update-baseline)`)
  const summary = `${hasBaseline ? 'New: ' : ''}${parts.join(', ')}.`
  lines.push(fresh.length === 0 ? paint('green', summary) : paint(['bold', errors > 0 ? 'red' : 'yellow'], summary))
  return `${lines.join('\n')}\n`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
