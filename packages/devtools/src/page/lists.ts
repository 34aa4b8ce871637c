import type { AlertView, ErrorGroupView, PolicyView, ServiceView, TimelineEntry } from '../frame.ts'
import { byId, html, KeyedList, setAttribute, setText, type Row } from './dom.ts'
import { ageOf, countOf, timeOf } from './format.ts'
import type { Operator } from './operator.ts'
import type { State } from './state.ts'

const SHOWN_ENTRIES = 150
const ALERTS: Readonly<Record<string, string>> = {
  'burn-fast': 'Error budget burns fast',
  'burn-slow': 'Error budget burns',
  threshold: 'Threshold passed',
  'new-error': 'New error',
  storm: 'Alert storm',
}

/** All that fires about one subject. */
interface Firing {
  readonly subject: string
  readonly alerts: readonly AlertView[]
}

const bySubject = (alerts: readonly AlertView[]): Firing[] =>
  [...new Set(alerts.map(({ subject }) => subject))].map((subject) => ({
    subject,
    alerts: alerts
      .filter((alert) => alert.subject === subject)
      // The faster burn says more.
      .toSorted((left, right) => left.kind.localeCompare(right.kind)),
  }))

const makeAlert = (): Row<Firing> => {
  const kind = html('strong')
  const message = html('span')
  return {
    element: html('p', { class: 'alert' }, kind, message),
    update({ alerts }) {
      const [first] = alerts
      setText(kind, ALERTS[first?.kind ?? ''] ?? first?.kind ?? '')
      setText(message, alerts.map((alert) => alert.message).join('; '))
    },
  }
}

const makeError = (state: State): Row<ErrorGroupView> => {
  const times = html('span', { class: 'times' })
  const message = html('span')
  const where = html('span', { class: 'time' })
  const text = html('span', { class: 'message' }, message, where)
  const when = html('span', { class: 'time' })
  const more = html('pre')
  return {
    element: html('li', {}, html('details', {}, html('summary', { class: 'error-row' }, times, text, when), more)),
    update({ count, code, category, message: said, upstream, route, firstMs, lastMs, fingerprint }) {
      setText(times, countOf(count))
      setText(message, said)
      // Kinds that a monitor names after their reason tell more than the route.
      setText(where, fingerprint.includes(' ') ? fingerprint : (route ?? upstream ?? code))
      setText(when, ageOf(state.nowMs - lastMs))
      const fields = {
        code,
        category,
        upstream,
        route,
        first: timeOf(firstMs),
        last: timeOf(lastMs),
        fingerprint,
      }
      const lines = Object.entries(fields).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name.padEnd(12)}${value}`],
      )
      setText(more, lines.join('\n'))
    },
  }
}

const makeEvent = (): Row<TimelineEntry> => {
  const time = html('span', { class: 'time' })
  const text = html('span', { class: 'text' })
  const row = html('div', { class: 'row event' }, time, html('span', { class: 'dot', 'aria-hidden': 'true' }), text)
  return {
    element: html('li', {}, row),
    update(entry) {
      const { policy, label } = entry
      const where = [policy, label === policy ? undefined : label].filter((part) => part !== undefined).join(' · ')
      setText(time, timeOf(entry.atMs))
      setAttribute(row, 'data-level', entry.level)
      const times = entry.times > 1 ? ` (${countOf(entry.times)} times)` : ''
      setText(text, `${where === '' ? '' : `${where}: `}${entry.text}${times}`)
    },
  }
}

const makeService = (state: State, operator: Operator): Row<ServiceView> => {
  let shown: ServiceView | undefined
  const name = html('strong')
  const more = html('p', { class: 'time' })
  const pill = html('span', { class: 'pill' })
  const turn = html('button', { type: 'button', class: 'small' })
  turn.addEventListener('click', () => {
    if (shown !== undefined) operator.turn(shown)
  })
  return {
    element: html('li', {}, html('div', { class: 'row service' }, html('div', {}, name, more), pill, turn)),
    update(service) {
      shown = service
      setText(name, service.name)
      const { isKilled, isDegraded, reason, fallbacks, calls, lastCode } = service
      setText(pill, isKilled ? 'switched off' : isDegraded ? 'degraded' : 'ok')
      setAttribute(pill, 'data-state', isKilled ? 'killed' : isDegraded ? 'degraded' : 'success')
      const parts = [
        reason,
        calls > 0 ? `fallback in ${countOf(fallbacks)} of ${countOf(calls)} calls` : undefined,
        isDegraded ? lastCode : undefined,
      ]
      setText(more, parts.filter((part) => part !== undefined).join(' · '))
      turn.hidden = !state.actions.isAllowed || !state.actions.hasSwitches
      setText(turn, isKilled ? 'Switch on' : 'Switch off…')
      setAttribute(turn, 'aria-label', `${isKilled ? 'Switch on' : 'Switch off…'} ${service.name}`)
    },
  }
}

const makePolicy = (): Row<PolicyView> => {
  let shown: PolicyView | undefined
  const name = html('strong')
  const chips = html('span', { class: 'chips' })
  const more = html('pre')
  return {
    element: html('li', {}, html('details', {}, html('summary', { class: 'policy' }, name, chips), more)),
    update(policy) {
      if (policy === shown) return
      shown = policy
      setText(name, policy.name)
      chips.replaceChildren(...policy.strategies.map((strategy) => html('span', { class: 'chip' }, strategy.name)))
      setText(
        more,
        policy.strategies
          .map((strategy) => `${strategy.name.padEnd(18)}${JSON.stringify(strategy.options)}`)
          .join('\n'),
      )
    },
  }
}

/** Alerts, errors, services, timeline and policies; returns the function that brings them up to date. */
export const makeLists = (state: State, operator: Operator): (() => void) => {
  const alertsBox = byId('alerts', HTMLElement)
  const alerts = new KeyedList<Firing>(alertsBox, '', ({ subject }) => subject, makeAlert)
  const errors = new KeyedList<ErrorGroupView>(
    byId('errors', HTMLUListElement),
    'The monitor knows of no error.',
    ({ fingerprint }) => fingerprint,
    () => makeError(state),
  )
  const timeline = new KeyedList<TimelineEntry>(
    byId('timeline', HTMLOListElement),
    'Nothing changed its state since the start.',
    ({ id }) => String(id),
    makeEvent,
  )
  const services = new KeyedList<ServiceView>(
    byId('services', HTMLUListElement),
    '',
    ({ name }) => name,
    () => makeService(state, operator),
  )
  const policies = new KeyedList<PolicyView>(byId('policies', HTMLUListElement), '', ({ name }) => name, makePolicy)
  const errorsNote = byId('errors-note', HTMLParagraphElement)
  const errorsSection = byId('errors-section', HTMLElement)
  const servicesSection = byId('services-section', HTMLElement)
  return () => {
    const { monitor } = state
    const firing = monitor?.alerts ?? []
    alertsBox.hidden = firing.length === 0
    alerts.update(bySubject(firing))
    errorsSection.hidden = monitor === undefined
    errors.update(
      (monitor?.groups ?? []).filter(({ message, code, upstream, route }) =>
        state.matches(message, code, upstream, route),
      ),
    )
    const folded = monitor?.folded ?? 0
    setText(errorsNote, folded > 0 ? `and ${countOf(folded)} of further kinds` : '')
    timeline.update(
      state.timeline
        .filter(({ policy, label, text, kind }) => state.matches(policy, label, text, kind))
        .slice(-SHOWN_ENTRIES)
        .toReversed(),
    )
    servicesSection.hidden = state.services.length === 0
    services.update(state.services)
    policies.update(state.policies.filter(({ name }) => state.matches(name)))
  }
}
