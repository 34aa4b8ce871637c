import type { EndedCall, InFlightCall } from '../frame.ts'
import { isTroubled } from '../troubled.ts'
import { byId, html, KeyedList, setAttribute, setText, type Row } from './dom.ts'
import { countOf, durationOf, timeOf } from './format.ts'
import type { State } from './state.ts'

const NAMES = { success: 'ok', failure: 'failed', rejection: 'refused', aborted: 'aborted' } as const
const SHOWN = 60

const makeInFlight = (state: State): Row<InFlightCall> => {
  const time = html('span', { class: 'time' })
  const what = html('span', { class: 'what' })
  const took = html('span', { class: 'took' })
  return {
    element: html('li', {}, html('div', { class: 'row flight' }, time, what, took)),
    update({ startedMs, method, policy, label }) {
      setText(time, timeOf(startedMs))
      setText(what, `${method} ${label === policy ? policy : `${policy} · ${label}`}`)
      setText(took, durationOf(Math.max(0, state.nowMs - startedMs)))
    },
  }
}

const makeEnded = (): Row<EndedCall> => {
  const time = html('span', { class: 'time' })
  const pill = html('span', { class: 'pill' })
  const what = html('span', { class: 'what' })
  const how = html('span', { class: 'how' })
  const took = html('span', { class: 'took' })
  const explain = html('pre')
  const details = html('details', {}, html('summary', { class: 'call' }, time, pill, what, how, took), explain)
  let shown: EndedCall | undefined
  return {
    element: html('li', {}, details),
    update(call) {
      if (call === shown) return
      shown = call
      const { startedMs, outcome, policy, label, method, attempts, status, code, durationMs } = call
      setText(time, timeOf(startedMs))
      setAttribute(pill, 'data-state', outcome)
      setText(pill, attempts > 1 ? `${NAMES[outcome]}, ${attempts} tries` : NAMES[outcome])
      setText(what, `${method} ${label === policy ? policy : `${policy} · ${label}`}`)
      setAttribute(what, 'title', `${method} ${policy} ${label}`)
      const cause = code ?? (status === undefined ? '' : String(status))
      setText(how, cause)
      setAttribute(how, 'title', cause)
      setText(took, durationOf(durationMs))
      setText(explain, call.explain)
    },
  }
}

/** Calls under way and calls that ended; returns the function that brings them up to date. */
export const makeCalls = (): ((state: State) => void) => {
  const count = byId('in-flight-count', HTMLSpanElement)
  const held = byId('held', HTMLSpanElement)
  const list = byId('ended', HTMLUListElement)
  const ended = new KeyedList<EndedCall>(
    list,
    'No call ended since this page was opened.',
    ({ id }) => String(id),
    makeEnded,
  )
  let inFlight: KeyedList<InFlightCall> | undefined
  let newestShown = 0
  // What somebody points at, reads or has under the keyboard must not run away.
  const isHeld = (): boolean =>
    list.matches(':hover') || list.contains(document.activeElement) || list.querySelector('details[open]') !== null
  let view = ''
  const newest = byId('newest', HTMLButtonElement)
  newest.addEventListener('click', () => {
    for (const details of list.querySelectorAll('details[open]')) details.removeAttribute('open')
    view = ''
    newest.hidden = true
  })
  return (state) => {
    inFlight ??= new KeyedList<InFlightCall>(
      byId('in-flight', HTMLUListElement),
      'No call is under way.',
      ({ id }) => String(id),
      () => makeInFlight(state),
    )
    setText(count, countOf(state.inFlight.count))
    inFlight.update(
      state.inFlight.calls.filter((call) => state.matches(call.policy, call.label, call.method)).slice(0, 6),
    )
    const wants = document.querySelector<HTMLInputElement>('input[name="calls"]:checked')?.value ?? 'all'
    const calls = state.calls
      .filter(
        (call) =>
          (wants === 'all' || isTroubled(call)) &&
          state.matches(call.policy, call.label, call.method, call.outcome, call.code, call.explain),
      )
      .slice(-SHOWN)
      .toReversed()
    const asked = `${wants} ${state.filter}`
    if (asked === view && newestShown > 0 && isHeld()) {
      const newer = calls.filter(({ id }) => id > newestShown).length
      setText(held, newer === 0 ? '' : `· held while you read, ${newer} newer`)
      newest.hidden = newer === 0
      return
    }
    view = asked
    setText(held, '')
    newest.hidden = true
    newestShown = Math.max(0, ...calls.map(({ id }) => id))
    ended.emptyText = state.calls.length === 0 ? 'No call ended since this page was opened.' : 'None matches.'
    ended.update(calls)
  }
}
