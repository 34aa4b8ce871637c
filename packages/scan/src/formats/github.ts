import type { ScanReport } from './scan-report.ts'

/** GitHub shows no more than ten annotations of a kind for a step. */
const SHOWN = 10

/** Workflow commands that put annotations on the lines of a pull request: errors first, ten of each kind. */
export function github({ fresh, unparsed, prefix }: ScanReport): string {
  const lines: string[] = []
  for (const [severity, command] of [
    ['error', 'error'],
    ['warn', 'warning'],
  ] as const) {
    const findings = fresh.filter((finding) => finding.severity === severity)
    for (const { path, line, column, endLine, message, rule } of findings.slice(0, SHOWN)) {
      const place = `file=${property(prefix + path)},line=${line},endLine=${endLine},col=${column}`
      lines.push(`::${command} ${place},title=${property(`holdfast/${rule}`)}::${data(message)}`)
    }
    if (findings.length > SHOWN)
      lines.push(
        `::notice::${findings.length - SHOWN} more ${command}s are in the log; GitHub shows ${SHOWN} for a step.`,
      )
  }
  for (const { path, problem, isBundle } of unparsed)
    if (!isBundle) lines.push(`::warning file=${property(prefix + path)}::${data(`Not read: ${problem}`)}`)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function data(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
