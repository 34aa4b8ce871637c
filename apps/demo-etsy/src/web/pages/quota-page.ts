import { html } from 'hono/html'
import type { ShopApp } from '../../shop-app.ts'
import type { CallHistory } from '../call-history.ts'
import { type Markup, timeOf } from '../layout.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const reserve = 0.2

/** Calls by job, what is left of the day, what comes back when, and what is kept for orders. */
export function quotaPage(app: ShopApp, history: CallHistory, span: 'hour' | 'day'): Markup {
  const buckets = span === 'day' ? history.buckets(24 * hourMs, hourMs) : history.buckets(hourMs, minuteMs)
  const perDay = history.perDay
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0)
  const refill = history.refill().filter(({ calls }) => calls > 0)
  const chart = {
    isTime: true,
    labels: buckets.map(({ fromMs }) => fromMs / 1_000),
    series: [
      { name: 'orders', values: buckets.map((bucket) => bucket.orders) },
      { name: 'shop', values: buckets.map((bucket) => bucket.shop) },
      { name: 'background', values: buckets.map((bucket) => bucket.background) },
    ],
  }
  const limit = perDay?.limit
  const figure = (name: string, value: number | string): Markup =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`
  const [pause] = app.jobs.pauses()
  const stopped = { critical: 'No calls now', default: 'Calls for orders alone', background: 'No background calls now' }
  return html` ${pause === undefined ? '' : html`<p class="alert" role="alert">${stopped[pause.from]}: ${pause.reason}${pause.untilMs === undefined ? '' : html`. The next one may go at ${timeOf(pause.untilMs)} UTC`}.</p>`}
    <dl class="figures">
      ${figure('Left today, says Etsy', perDay?.remaining ?? 'unknown')} ${figure('Limit a day', limit ?? 'unknown')}
      ${figure('Kept for orders', limit === undefined ? `${reserve * 100} %` : Math.round(limit * reserve))}
      ${figure(`Failed calls this ${span}`, failed)}
      ${app.settings.callsPerDay === undefined ? '' : figure('Own budget a day', app.settings.callsPerDay)}
    </dl>
    ${perDay === undefined ? '' : html`<p class="quiet-text">Etsy said so at ${timeOf(perDay.atMs)} UTC.</p>`}
    <section aria-labelledby="calls">
      <h2 id="calls">Calls of the last ${span}</h2>
      <p><a href="/quota?span=hour">By minute</a> · <a href="/quota?span=day">By hour</a></p>
      <div
        class="chart"
        data-chart="${JSON.stringify(chart)}"
        role="img"
        aria-label="Stacked bars of calls for orders, shop and background work; the table below has the numbers"
      ></div>
      <details>
        <summary>The numbers</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Numbers of calls">
          <table>
            <thead>
              <tr>
                <th scope="col">From (UTC)</th>
                <th scope="col" class="number">Orders</th>
                <th scope="col" class="number">Shop</th>
                <th scope="col" class="number">Background</th>
                <th scope="col" class="number">Failed</th>
              </tr>
            </thead>
            <tbody>
              ${buckets
                .filter((bucket) => bucket.orders + bucket.shop + bucket.background > 0)
                .map(
                  (bucket) =>
                    html`<tr>
                      <td>${timeOf(bucket.fromMs)}</td>
                      <td class="number">${bucket.orders}</td>
                      <td class="number">${bucket.shop}</td>
                      <td class="number">${bucket.background}</td>
                      <td class="number">${bucket.failed}</td>
                    </tr>`,
                )}
            </tbody>
          </table>
        </div>
      </details>
    </section>
    <div class="grid">
      <section aria-labelledby="forecast">
        <h2 id="forecast">Forecast</h2>
        <p>Etsy counts a sliding day: a call is given back 24 hours after it was made.</p>
        ${
          refill.length === 0
            ? html`<p>No calls to give back yet.</p>`
            : html`<ul>
                ${refill.slice(0, 12).map(({ inHours, calls }) => html`<li>in ${inHours} h: ${calls} calls come back</li>`)}
              </ul>`
        }
      </section>
      <section aria-labelledby="failures">
        <h2 id="failures">Last failures</h2>
        ${
          history.failures(8).length === 0
            ? html`<p>None.</p>`
            : html`<div class="scroll" tabindex="0" role="region" aria-label="Last failures">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Time</th>
                      <th scope="col">Operation</th>
                      <th scope="col">Kind</th>
                      <th scope="col">x-etsy-request-uuid</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${history.failures(8).map(
                      (line) =>
                        html`<tr>
                          <td>${timeOf(line.atMs)}</td>
                          <td>${line.operation}</td>
                          <td>${line.code}</td>
                          <td>${line.uuid}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
      </section>
    </div>`
}
