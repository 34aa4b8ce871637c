import { html } from 'hono/html'
import type { WaitingLetter } from '../../dead-letters/index.ts'
import { profileChoices } from '../../publish/index.ts'
import { type Markup, timeOf } from '../layout.ts'

/** A dead letter with what a person can do about it. */
export function letterRow({ letter, job }: WaitingLetter): Markup {
  const choices = profileChoices(job)
  const reason = job.reason ?? ''
  return html`<tr>
    <th scope="row">${job.id}</th>
    <td>${reason}${reason.includes('Connect again') ? html` <a href="/oauth/start">Connect again</a>` : ''}</td>
    <td>${timeOf(letter.lastFailedAtMs)}</td>
    <td class="number">${letter.attempts}</td>
    <td>
      <form method="post" action="/dead-letters/${letter.id}/replay">
        ${
          choices.length === 0
            ? ''
            : html`<label
                ><span>Processing profile</span
                ><select name="profile">
                  ${choices.map(({ readinessStateId, kind, minDays, maxDays }) => html`<option value="${readinessStateId}">${kind.replaceAll('_', ' ')}, ${minDays} to ${maxDays} days</option>`)}
                </select></label
              >`
        }
        <button class="quiet">Replay <span class="quiet-text">${job.id}</span></button>
      </form>
    </td>
  </tr>`
}
