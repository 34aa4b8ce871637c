import { html } from 'hono/html'
import type { ComparisonReport } from '../comparison/report.ts'
import { comparisonRows } from './comparison-table.ts'
import { detailsMarkup, scrolling, tableMarkup } from './report-details.ts'

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;border-bottom:1px solid #8888}
th{text-align:left;font-weight:400}td{white-space:nowrap}thead th{font-weight:700}td,thead th+th{text-align:right;font-variant-numeric:tabular-nums}
tbody th{min-width:8.5rem}.part{padding-left:1.8rem}.scroll{overflow-x:auto}.bad{font-weight:700;color:light-dark(#a3212f,#ff9aa2)}`

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
          <p>
            Scenario "${report.scenario}", seed ${report.seed}. Each client had a simulator of the Etsy API to itself;
            jobs, orders and faults were the same for all. Requests, quota, e-mails and listings were counted by the
            simulators.
          </p>
          ${scrolling('Comparison', comparisonMarkup(report))} ${detailsMarkup(report)}
        </main>
      </body>
    </html>`
  return (await page).toString()
}

/** Table and promises, for a page around them. */
export function comparisonMarkup(report: ComparisonReport): ReturnType<typeof html> {
  const { heading, rows } = comparisonRows(report)
  return html`${tableMarkup(heading, rows)}
    <h2>Promises of Holdfast</h2>
    <ul>
      ${report.promises.map(
        ({ promise, isKept, measured }) =>
          html`<li class="${isKept ? '' : 'bad'}">${isKept ? 'kept' : 'broken'}: ${promise} (${measured})</li>`,
      )}
    </ul>`
}
