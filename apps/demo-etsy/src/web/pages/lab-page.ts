import { html, raw } from 'hono/html'
import type { PublishState } from '../../publish/index.ts'
import type { ShopApp } from '../../shop-app.ts'
import { dayScenarios } from '../../day-schedule/day-scenarios.ts'
import { scenarioCatalogue, type Simulator } from '../../simulator/index.ts'
import { comparisonMarkup } from '../../terminal/html-report.ts'
import type { DayRunner } from '../day-runner.ts'
import type { Markup } from '../layout.ts'

/** Faults for the running shop, the proof that nothing happens twice, and the side-by-side day. */
export function labPage(app: ShopApp, simulator: Simulator | undefined, days: DayRunner): Markup {
  return html` ${simulator === undefined ? html`<p class="notice">Connected to the real API: faults cannot be injected there. The side-by-side day runs on simulators of its own.</p>` : liveLab(app, simulator)}
  ${dayLab(days)}`
}

function liveLab(app: ShopApp, simulator: Simulator): Markup {
  const active = simulator.plan.active
  const publishes = app.jobs.jobs({ kind: 'publish' })
  const shipped = app.jobs.jobs({ kind: 'ship', state: 'done' }).length
  const emails = [...simulator.store.emails().values()]
  const figure = (name: string, value: number | string): Markup =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`
  const boxes = [...scenarioCatalogue.values()].map(
    ({ id, title }) =>
      html`<label
        ><input
          type="checkbox"
          name="scenario"
          value="${id}"
          ${raw(active.some((one) => one.id === id) ? 'checked' : '')}
        />
        ${id} ${title}</label
      >`,
  )
  return html`<dl class="figures" aria-label="Proof">
      ${figure('Listings meant', publishes.length)}
      ${figure('Listings created', simulator.journal.count('listing-created'))} ${figure('Orders shipped', shipped)}
      ${figure('Most e-mails for one order', Math.max(0, ...emails))}
      ${figure(
        'Found by reading',
        publishes.reduce((sum, job) => sum + ((job.data as PublishState).reconciliations ?? 0), 0),
      )}
      ${figure('Refreshes', simulator.journal.count('token-refreshed'))}
    </dl>
    <form class="card" method="post" action="/lab/inject" aria-labelledby="faults">
      <h2 id="faults">Faults for this shop</h2>
      <fieldset>
        <legend>Scenarios</legend>
        <div class="checks">${boxes}</div>
      </fieldset>
      <label
        ><span>Chance of each request, percent</span><input name="percent" type="number" min="1" max="100" value="10"
      /></label>
      <button name="do" value="work">Inject, and do a day's work</button>
      <button class="quiet" name="do" value="inject">Only inject</button>
      <button class="quiet" name="do" value="clear">No more faults</button>
      <p class="quiet-text">
        A day's work: 10 listings to publish, 15 orders that come in and are shipped, 10 tag updates.
      </p>
    </form>`
}

function dayLab(days: DayRunner): Markup {
  const { state } = days
  const options = [...dayScenarios.values()].map(
    ({ name, summary }) => html`<option value="${name}">${name}: ${summary}</option>`,
  )
  const status =
    state.kind === 'running'
      ? html`<div data-refresh="3000">
          <p role="status">
            The day "${state.scenario}" is running with all three clients: ${Math.round(state.share * 100)} %.
          </p>
          <progress max="1" value="${state.share}" aria-label="Progress of the day"></progress>
        </div>`
      : state.kind === 'failed'
        ? html`<p class="alert" role="alert">The day did not finish: ${state.message}. Start it again.</p>`
        : state.kind === 'done'
          ? html`<div class="scroll" tabindex="0" role="region" aria-label="Comparison">
                ${comparisonMarkup(state.report)}
              </div>
              <p>
                <a href="/lab/report.html" download>Report as a page</a> ·
                <a href="/lab/report.json" download>Figures as JSON</a>
              </p>`
          : ''
  return html`<section aria-labelledby="day">
    <h2 id="day">One day, three clients</h2>
    <p>
      Plain axios, axios-retry and Holdfast, each with a simulator of its own, the same faults and jobs; about a minute.
    </p>
    <form method="post" action="/lab/day">
      <label
        ><span>Day</span
        ><select name="scenario">
          ${options}
        </select></label
      >
      <label><span>Seed</span><input name="seed" type="number" min="0" max="4294967295" value="1" /></label>
      <button ${raw(state.kind === 'running' ? 'disabled' : '')}>Run the day</button>
    </form>
    ${status}
  </section>`
}
