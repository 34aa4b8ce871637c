import { html } from 'hono/html'
import { clientTitles } from '../clients/client-name.ts'
import type { DayFigures } from '../comparison/measure.ts'
import type { ComparisonReport } from '../comparison/report.ts'
import { scenarioCatalogue } from '../simulator/index.ts'
import type { TableRow } from './table.ts'

type Markup = ReturnType<typeof html>

/** A table of a page; rows whose heading is indented are parts of the row above. */
export function tableMarkup(heading: readonly string[], rows: readonly TableRow[]): Markup {
  const line = ({ cells: [title = '', ...cells], marks = {} }: TableRow): Markup =>
    html`<tr>
      <th scope="row" class="${title.startsWith(' ') ? 'part' : ''}">${title.trim()}</th>
      ${cells.map((cell, index) => html`<td class="${marks[index + 1] ?? ''}">${cell}</td>`)}
    </tr>`
  return html`<table>
    <thead>
      <tr>
        ${heading.map((cell) => html`<th scope="col">${cell}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(line)}
    </tbody>
  </table>`
}

/** Phase by phase, what the simulators did to the requests, and the jobs that were parked. */
export function detailsMarkup({ runs, phases }: ComparisonReport): Markup {
  const clients = runs.map((run) => clientTitles[run.client])
  const lengths = new Map(phases.map(({ name, forMs }) => [name, `${forMs / 1_000} s`]))
  const phaseNames = runs[0]?.phases.map((phase) => phase.name) ?? []
  const phaseRows = phaseNames.map((name, index) => {
    const length = lengths.get(name)
    return { cells: [length === undefined ? name : `${name}, ${length}`, ...runs.map((run) => phaseCell(run, index))] }
  })
  const faultRows = [...scenarioCatalogue.values()].flatMap(({ id, title }) => {
    const met = runs.map((run) => run.scenariosMet[id] ?? 0)
    return met.some((count) => count > 0) ? [{ cells: [`${id} ${title}`, ...met.map(String)] }] : []
  })
  const parked = runs.flatMap((run) =>
    run.parked.map(({ job, reason }) => html`<li>${clientTitles[run.client]}, ${job}: ${reason}</li>`),
  )
  return html`<h2>Phase by phase</h2>
    <p>Requests that reached the simulator, for the calls offered by the jobs.</p>
    ${scrolling('Phase by phase', tableMarkup(['phase', ...clients], phaseRows))}
    <h2>Faults</h2>
    <p>
      Requests that met a scenario of the simulator; a client that sends less meets fewer. The schedule uses E16 and E17
      for any POST whose answer is lost, and E18 also for the 500s of a brown-out.
    </p>
    ${scrolling('Faults', tableMarkup(['scenario', ...clients], faultRows))}
    ${
      parked.length === 0
        ? ''
        : html`<h2>Parked jobs</h2>
            <ul>
              ${parked}
            </ul>`
    }`
}

function phaseCell(run: DayFigures, index: number): string {
  const phase = run.phases[index]
  return phase === undefined ? '-' : `${phase.requests} for ${phase.callsOffered} calls, ${phase.callsFailed} failed`
}

/** A table that scrolls by itself where the page is narrow. */
export function scrolling(name: string, table: Markup): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">${table}</div>`
}
