import { html } from 'hono/html'
import type { ComparisonReport } from '../comparison/report.ts'
import { comparisonRows } from './comparison-table.ts'

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8888}
.bad{font-weight:700;color:light-dark(#a3212f,#ff9aa2)}`

/** The comparison as a page of its own: one file that asks nobody for anything. */
export async function htmlReport(report: ComparisonReport): Promise<string> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>One shop day, three clients</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          <h1>One shop day, three clients</h1>
          <p>Scenario "${report.scenario}", seed ${report.seed}; the same faults and jobs for each.</p>
          ${comparisonMarkup(report)}
        </main>
      </body>
    </html>`
  return (await page).toString()
}

/** Table and promises, for a page around them. */
export function comparisonMarkup(report: ComparisonReport): ReturnType<typeof html> {
  const { heading, rows } = comparisonRows(report)
  const line = (cells: readonly string[], marks: Readonly<Record<number, string>> = {}): ReturnType<typeof html> =>
    html`<tr>
      <th scope="row">${cells[0]}</th>
      ${cells.slice(1).map((cell, index) => html`<td class="${marks[index + 1] ?? ''}">${cell}</td>`)}
    </tr>`
  return html`<table>
      <thead>
        <tr>
          ${heading.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => line(row.cells, row.marks))}
      </tbody>
    </table>
    <h2>Promises of Holdfast</h2>
    <ul>
      ${report.promises.map(
        ({ promise, isKept, measured }) =>
          html`<li class="${isKept ? '' : 'bad'}">${isKept ? 'kept' : 'broken'}: ${promise} (${measured})</li>`,
      )}
    </ul>`
}
