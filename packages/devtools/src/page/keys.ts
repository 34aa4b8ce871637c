import type { KeyView } from '../frame.ts'
import { makeStrip } from './breaker-strip.ts'
import { byId, html, KeyedList, setAttribute, setText, type Row } from './dom.ts'
import { durationOf, percentOf } from './format.ts'
import { makeGauges } from './gauges.ts'
import type { Operator } from './operator.ts'
import type { State } from './state.ts'

const SHOWN_KEYS = 60

const fact = (name: string): { element: HTMLElement; value: HTMLElement } => {
  const value = html('dd', {}, '–')
  return { element: html('div', {}, html('dt', {}, name), value), value }
}

const makeCard = (state: State, operator: Operator): Row<KeyView> => {
  let shown: KeyView | undefined
  const policy = html('h3')
  const key = html('p', { class: 'key' })
  const badge = html('span', { class: 'pill' })
  const failures = fact('failing')
  const calls = fact('calls')
  const p50 = fact('p50')
  const p99 = fact('p99')
  const strip = makeStrip()
  const ends = html(
    'div',
    { class: 'strip-ends', 'aria-hidden': 'true' },
    html('span', {}, '10 min ago'),
    html('span', {}, 'now'),
  )
  const gauges = makeGauges()
  const lines = html('p', { class: 'lines' })
  const forceOpen = html('button', { type: 'button', class: 'small' }, 'Force open…')
  const reset = html('button', { type: 'button', class: 'small' }, 'Reset…')
  const buttons = html('div', { class: 'buttons' }, forceOpen, reset)
  forceOpen.addEventListener('click', () => {
    if (shown !== undefined) operator.forceOpen(shown)
  })
  reset.addEventListener('click', () => {
    if (shown !== undefined) operator.reset(shown)
  })
  const element = html(
    'article',
    { class: 'card' },
    html('header', {}, html('div', {}, policy, key), badge),
    html('dl', { class: 'facts' }, failures.element, calls.element, p50.element, p99.element),
    html('div', {}, strip.element, ends),
    gauges.element,
    lines,
    buttons,
  )
  return {
    element,
    update(view) {
      shown = view
      const { breaker } = view
      setText(policy, view.policy)
      setText(key, view.label)
      setAttribute(element, 'aria-label', `${view.policy}, ${view.label}`)
      setAttribute(element, 'data-state', breaker?.state)
      badge.hidden = breaker === undefined
      setAttribute(badge, 'data-state', breaker?.state)
      const opensMs = breaker?.openUntilMs === undefined ? 0 : breaker.openUntilMs - state.nowMs
      setText(badge, `${breaker?.state ?? ''}${opensMs > 0 ? `, ${durationOf(opensMs)}` : ''}`)
      setText(failures.value, breaker === undefined ? '–' : percentOf(breaker.failureRatio))
      setText(calls.value, breaker === undefined ? '–' : String(breaker.calls))
      setText(p50.value, view.p50Ms === undefined ? '–' : durationOf(view.p50Ms))
      setText(p99.value, view.p99Ms === undefined ? '–' : durationOf(view.p99Ms))
      strip.element.parentElement?.toggleAttribute('hidden', breaker === undefined)
      strip.update(view, state.nowMs)
      gauges.update(view, state.nowMs)
      const note = breaker?.note === undefined ? [] : [`note: ${breaker.note}`]
      setText(lines, [...note, ...view.others].join(' · '))
      lines.hidden = note.length + view.others.length === 0
      buttons.hidden = !state.actions.isAllowed
      forceOpen.hidden = breaker === undefined || breaker.state === 'forced-open'
      setAttribute(forceOpen, 'aria-label', `Force open… ${view.policy}, ${view.label}`)
      setAttribute(reset, 'aria-label', `Reset… ${view.policy}, ${view.label}`)
    },
  }
}

const isCalm = ({ breaker, gate }: KeyView): boolean =>
  (breaker === undefined || breaker.state === 'closed') && gate?.closedUntilMs === undefined

/** The cards of the keys; returns the function that brings them up to date. */
export const makeKeys = (operator: Operator): ((state: State) => void) => {
  const note = byId('breakers-note', HTMLParagraphElement)
  const container = byId('keys', HTMLDivElement)
  let list: KeyedList<KeyView> | undefined
  let places = new Map<string, number>()
  // Cards in trouble come first, but none moves away from under a pointer or out of the keyboard's focus.
  const isHeld = (): boolean => container.matches(':hover') || container.contains(document.activeElement)
  return (state) => {
    list ??= new KeyedList(
      container,
      '',
      ({ id }) => id,
      () => makeCard(state, operator),
    )
    const order = new Map(state.policies.map(({ name }, index) => [name, index]))
    const keys = [...state.keys.values()]
      .filter(({ policy, label, breaker }) => state.matches(policy, label, breaker?.state))
      .toSorted(
        (left, right) =>
          Number(isCalm(left)) - Number(isCalm(right)) ||
          (order.get(left.policy) ?? 0) - (order.get(right.policy) ?? 0) ||
          left.label.localeCompare(right.label),
      )
    if (isHeld()) keys.sort((left, right) => (places.get(left.id) ?? 1_000) - (places.get(right.id) ?? 1_000))
    places = new Map(keys.map(({ id }, place) => [id, place]))
    list.emptyText = state.keys.size === 0 ? 'No call was made yet. Cards appear with the first one.' : 'None matches.'
    list.update(keys)
    setText(note, state.hiddenKeys > 0 ? `The ${SHOWN_KEYS} most troubled; ${state.hiddenKeys} more are not shown` : '')
  }
}
