import { html } from 'hono/html'
import type { Job, Pause } from '../../jobs/index.ts'
import type { PublishState } from '../../publish/index.ts'
import { publishSteps } from '../../publish/index.ts'
import type { ShopApp } from '../../shop-app.ts'
import { type Markup, timeOf } from '../layout.ts'
import { letterRow } from './letter-row.ts'

/** What the form of a new listing shows again. */
export interface PublishForm {
  readonly values: Readonly<Record<string, string>>
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  readonly preview?: { readonly calls: number; readonly feeUsd: number }
}

/** Orders, the publish board, dead letters and the audit log. */
export async function shopPage(app: ShopApp, form: PublishForm): Promise<Markup> {
  const letters = await app.letters.waiting()
  const publishing = app.jobs.jobs({ kind: 'publish', limit: 25 })
  const orders = app.orders.orders(25)
  const consent = app.tokenStore.consentNeeded
  return html`
    ${consent === undefined ? '' : html`<p class="alert" role="alert">The shop is not connected: ${consent}. <a href="/oauth/start">Connect to Etsy</a></p>`}
    ${app.jobs.pauses().slice(0, 1).map(pauseNotice)}
    <div class="grid">
      <section aria-labelledby="orders">
        <h2 id="orders">Orders</h2>
        ${orders.length === 0 ? html`<p>No orders yet. They come in by webhook, and a poll finds those whose webhook was lost.</p>` : orderTable(app, orders)}
        <form method="post" action="/orders/poll"><button class="quiet">Look for orders now</button></form>
      </section>
      ${publishForm(form)}
    </div>
    <section aria-labelledby="board">
      <h2 id="board">Publish board</h2>
      ${
        publishing.length === 0
          ? html`<p>Nothing is being published.</p>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label="Publish board">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Listing</th>
                    <th scope="col">Steps</th>
                    <th scope="col">State</th>
                    <th scope="col">What is known</th>
                  </tr>
                </thead>
                <tbody>
                  ${publishing.map(publishRow)}
                </tbody>
              </table>
            </div>`
      }
    </section>
    <section aria-labelledby="dead">
      <h2 id="dead">Dead letters</h2>
      ${
        letters.length === 0
          ? html`<p>None: every job went through or is still at it.</p>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label="Dead letters">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Job</th>
                    <th scope="col">Why it stopped</th>
                    <th scope="col">When (UTC)</th>
                    <th scope="col">Runs</th>
                    <th scope="col">Again</th>
                  </tr>
                </thead>
                <tbody>
                  ${letters.map(letterRow)}
                </tbody>
              </table>
            </div>`
      }
    </section>
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      ${webhookTable(app)}
    </section>
    <section aria-labelledby="audit">
      <h2 id="audit">Audit log</h2>
      <p class="quiet-text">Nothing can be changed or taken out of it.</p>
      ${auditTable(app)}
    </section>
  `
}

function pauseNotice({ reason, untilMs, from }: Pause): Markup {
  const held = { critical: 'Jobs are held', default: 'All but orders is held', background: 'Background work is held' }
  return html`<div class="alert" role="alert">
    <p>${held[from]}: ${reason}${untilMs === undefined ? '.' : html`, until ${timeOf(untilMs)} UTC.`}</p>
    <form method="post" action="/resume"><button class="quiet">Go on now</button></form>
  </div>`
}

function orderTable(app: ShopApp, orders: ReturnType<ShopApp['orders']['orders']>): Markup {
  const rows = orders.map((order) => {
    const job = app.jobs.job(`ship-${order.receiptId}-HF${order.receiptId}`)
    const action =
      order.isShipped || job !== undefined
        ? ''
        : html`<form method="post" action="/orders/${order.receiptId}/ship">
            <button class="quiet">Ship ${order.receiptId}</button>
          </form>`
    return html`<tr>
      <th scope="row">${order.receiptId}</th>
      <td>${order.heardBy}</td>
      <td>${order.status}</td>
      <td>${job === undefined ? action : html`<span class="state ${job.state}">${job.state}</span>`}</td>
    </tr>`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Orders">
    <table>
      <thead>
        <tr>
          <th scope="col">Order</th>
          <th scope="col">Heard by</th>
          <th scope="col">Status</th>
          <th scope="col">Shipping</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}

function publishForm({ values, issues, preview }: PublishForm): Markup {
  const field = (name: string, label: string, type: string, extra: Markup | string = ''): Markup => {
    const issue = issues.find(({ path }) => path === name)
    return html`<label
      ><span>${label}</span
      ><input
        name="${name}"
        type="${type}"
        value="${values[name] ?? ''}"
        ${extra}
        aria-invalid="${issue === undefined ? 'false' : 'true'}"
      />
      ${issue === undefined ? '' : html`<span class="issue">${issue.message}</span>`}</label
    >`
  }
  return html`<form class="card" method="post" action="/publish" aria-labelledby="new">
    <h2 id="new">Publish a listing</h2>
    ${issues.length === 0 ? '' : html`<p class="issue" role="alert">Please correct ${issues.length === 1 ? 'one thing' : `${issues.length} things`}: ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}.</p>`}
    ${field('reference', 'Your reference (SKU)', 'text')} ${field('title', 'Title', 'text')}
    <label
      ><span>Description</span><textarea name="description" rows="2">${values['description'] ?? ''}</textarea>
    </label>
    ${field('price', 'Price in EUR', 'number', html`step="0.01"`)} ${field('quantity', 'Quantity', 'number')}
    ${field('tags', 'Tags, with commas between', 'text')}
    ${preview === undefined ? '' : html`<p class="notice" role="status">Plan: about ${preview.calls} calls of today's quota and ${preview.feeUsd.toFixed(2)} USD of listing fees. Nothing was sent.</p>`}
    <button name="mode" value="publish">Publish</button>
    <button class="quiet" name="mode" value="plan">Only plan</button>
  </form>`
}

function publishRow(job: Job): Markup {
  const state = job.data as PublishState
  const at = job.state === 'done' ? publishSteps.length : publishSteps.indexOf(state.step)
  const isUnknown = state.listingId === undefined && state.createSentAtMs !== undefined
  const known = isUnknown
    ? 'outcome of the create unknown: looking for it'
    : state.listingId === undefined
      ? 'not created'
      : `listing ${state.listingId}`
  return html`<tr>
    <th scope="row">${state.plan.title}</th>
    <td>
      <span class="steps"
        >${publishSteps.map((step, index) => html`<span class="${index < at ? 'past' : index === at ? 'now' : ''}">${step}${index < publishSteps.length - 1 ? ' ›' : ''}</span>`)}</span
      >
    </td>
    <td><span class="state ${job.state}">${job.state}</span></td>
    <td>
      ${known}${(state.reconciliations ?? 0) > 0 ? `; found by reading ${state.reconciliations} time(s)` : ''}${job.state === 'ready' && job.reason !== undefined ? html`<br /><span class="quiet-text">${job.reason}</span>` : ''}
    </td>
  </tr>`
}

function webhookTable(app: ShopApp): Markup {
  const deliveries = app.webhooks.deliveries(10)
  if (deliveries.length === 0) return html`<p>No deliveries yet.</p>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Webhooks">
    <table>
      <thead>
        <tr>
          <th scope="col">Time (UTC)</th>
          <th scope="col">Event</th>
          <th scope="col">Order</th>
          <th scope="col">Signature</th>
        </tr>
      </thead>
      <tbody>
        ${deliveries.map(
          (delivery) =>
            html`<tr>
              <td>${timeOf(delivery.atMs)}</td>
              <td>${delivery.event ?? ''}</td>
              <td>${delivery.receiptId ?? ''}</td>
              <td>${delivery.result}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function auditTable(app: ShopApp): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Audit log">
    <table>
      <thead>
        <tr>
          <th scope="col">Time (UTC)</th>
          <th scope="col">Job</th>
          <th scope="col">Event</th>
          <th scope="col">Detail</th>
        </tr>
      </thead>
      <tbody>
        ${app.jobs.journal(undefined, 20).map(
          (entry) =>
            html`<tr>
              <td>${timeOf(entry.atMs)}</td>
              <td>${entry.jobId}</td>
              <td>${entry.event}</td>
              <td>${entry.detail === undefined ? '' : JSON.stringify(entry.detail).slice(0, 160)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
