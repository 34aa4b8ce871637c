import { MEASURES, percentOf, stateOf, type CoverageRow, type CoverageSummary } from '../call-coverage/summary.ts'

/** The coverage for programs: percentages, counts and every call with what protects it. */
export function coverageJson({ total, by, calls, transports }: CoverageSummary): string {
  const row = ({ name, calls: count, measures }: CoverageRow): object => ({
    name,
    calls: count,
    measures: Object.fromEntries(
      MEASURES.map((measure) => {
        const percent = percentOf(measures[measure])
        return [
          measure,
          { ...measures[measure], percent: percent === undefined ? null : Math.floor(percent * 100) / 100 },
        ]
      }),
    ),
  })
  const report = {
    version: 1,
    total: row(total),
    by: Object.fromEntries(Object.entries(by).map(([name, rows]) => [name, rows.map(row)])),
    calls: calls.map((call) => ({
      file: call.file,
      line: call.line,
      column: call.column,
      client: call.client,
      host: call.host,
      package: call.package,
      operation: call.operation,
      protections: Object.fromEntries(
        MEASURES.map((measure) => {
          const protection = call.protections[measure]
          const source = 'source' in protection ? { source: protection.source } : {}
          return [measure, { state: stateOf(call, measure), ...source }]
        }),
      ),
    })),
    transports: transports.map(({ file, line, column }) => ({ file, line, column })),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
