import { createHash } from 'node:crypto'
import {
  GROUPINGS,
  MEASURE_LABELS,
  MEASURES,
  percentOf,
  rowOf,
  type CoverageRow,
  type CoverageSummary,
  type Measure,
} from '../call-coverage/summary.ts'
import { shownPercent, transportNote } from './coverage-table.ts'
import { escaped } from './html-text.ts'
import { PAGE_SCRIPT } from './page-script.ts'
import { PAGE_STYLE } from './page-style.ts'
import { sourceView } from './source-view.ts'
import type { TrendPoint } from './trend.ts'

export interface HtmlReportInput {
  readonly summary: CoverageSummary
  readonly points: readonly TrendPoint[]
  /** Name of the scanned folder. */
  readonly name: string
  readonly at: Date
  readonly sourceOf: (file: string) => string
}

/** A page that needs nothing but itself: it loads nothing, which its policy for content forbids as well. */
export function htmlReport({ summary, points, name, at, sourceOf }: HtmlReportInput): string {
  const files = [...new Set(summary.calls.map(({ file }) => file))].sort()
  const ids = new Map(files.map((file, index) => [file, `file-${index}`]))
  const title = `External-call coverage of ${name}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(PAGE_STYLE)}'; script-src '${hashOf(PAGE_SCRIPT)}'">
<title>${escaped(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>${escaped(title)}</h1>
<p class="soft">${summary.total.calls} outgoing calls in ${files.length} files, <time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></p></header>
<main>
<ul class="cards">${MEASURES.map((measure) => card(measure, summary.total, points)).join('')}</ul>
<p class="soft">A call of which a protection cannot be found out counts as missing. Retry counts among the calls that may be repeated. ${escaped(transportNote(summary) ?? '')}</p>
<nav aria-label="Sections">${GROUPINGS.map((grouping) => `<a href="#by-${grouping}">by ${grouping}</a>`).join('')}<a href="#by-file">by file</a><a href="#sources">sources</a></nav>
${GROUPINGS.map((grouping) => section(`by-${grouping}`, grouping, summary.by[grouping])).join('\n')}
${section(
  'by-file',
  'file',
  files.map((file) =>
    rowOf(
      file,
      summary.calls.filter((call) => call.file === file),
    ),
  ),
  (file) => `<a href="#${ids.get(file) ?? ''}">${escaped(file)}</a>`,
)}
<h2 id="sources">Sources</h2>
${files
  .map((file) =>
    sourceView(
      file,
      summary.calls.filter((call) => call.file === file),
      sourceOf(file),
      ids.get(file) ?? '',
    ),
  )
  .join('\n')}
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function toneOf(percent: number | undefined): string {
  return percent === undefined ? 'soft' : percent === 100 ? 'good' : percent >= 50 ? 'fair' : 'bad'
}

function card(measure: Measure, total: CoverageRow, points: readonly TrendPoint[]): string {
  const count = total.measures[measure]
  const percent = percentOf(count)
  const details = `${count.yes} of ${count.yes + count.no + count.unknown}${count.unknown > 0 ? `, ${count.unknown} unknown` : ''}`
  return `<li>${MEASURE_LABELS[measure]}<strong class="${toneOf(percent)}">${shownPercent(percent)}</strong><span class="soft">${details}</span>${trendLine(measure, points)}</li>`
}

/** The last runs as a line from 0 to 100 %. */
function trendLine(measure: Measure, points: readonly TrendPoint[]): string {
  const percents = points.flatMap(({ percents: given }) => given[measure] ?? []).slice(-60)
  const first = percents[0]
  const last = percents.at(-1)
  if (percents.length < 2 || first === undefined || last === undefined) return ''
  const places = percents.map(
    (percent, index) => `${((index / (percents.length - 1)) * 100).toFixed(1)},${(30 - percent * 0.28).toFixed(1)}`,
  )
  const label = `${percents.length} runs, from ${first} % to ${last} %`
  return `<svg viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label="${label}"><title>${label}</title><polyline points="${places.join(' ')}" fill="none" stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"/></svg>`
}

function section(
  id: string,
  label: string,
  rows: readonly CoverageRow[],
  link: (name: string) => string = escaped,
): string {
  const heads = [label, 'calls', ...MEASURES.map((measure) => MEASURE_LABELS[measure])]
  const body = rows.map(({ name, calls, measures }) => {
    const cells = MEASURES.map((measure) => {
      const percent = percentOf(measures[measure])
      const { unknown } = measures[measure]
      const text = `${shownPercent(percent)}${unknown > 0 ? ` <span class="soft">(${unknown}?)</span>` : ''}`
      return `<td data-value="${percent ?? -1}" class="${toneOf(percent)}">${text}</td>`
    })
    return `<tr><th scope="row">${link(name)}</th><td data-value="${calls}">${calls}</td>${cells.join('')}</tr>`
  })
  return `<h2 id="${id}">By ${label}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Coverage by ${label}"><table><thead><tr>${heads
    .map((head) => `<th scope="col"><button type="button">${head}</button></th>`)
    .join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}
