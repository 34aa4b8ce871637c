import type { ScanReport } from './scan-report.ts'

/** The findings for programs; `state` says how each stands to the baseline. */
export function json({ fresh, unchanged, absent, unparsed }: ScanReport): string {
  const findings = [
    ...fresh.map((finding) => ({ ...finding, state: 'new' })),
    ...unchanged.map((finding) => ({ ...finding, state: 'unchanged' })),
  ].sort((first, second) => (first.path === second.path ? first.line - second.line : first.path < second.path ? -1 : 1))
  return `${JSON.stringify({ version: 1, findings, absent, unparsed }, null, 2)}\n`
}
