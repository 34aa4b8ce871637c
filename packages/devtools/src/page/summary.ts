import { byId, html, setAttribute, setText, svg } from './dom.ts'
import { countOf, plural } from './format.ts'
import type { State } from './state.ts'

const SECONDS = 60
const HEIGHT = 60
const KINDS = ['success', 'aborted', 'rejection', 'failure'] as const

interface Second {
  success: number
  failure: number
  rejection: number
  aborted: number
  retries: number
}

const tile = (
  label: string,
): { element: HTMLElement; show: (value: string, detail: string, level?: string) => void } => {
  const value = html('p', { class: 'value' }, '–')
  const detail = html('p', { class: 'detail' })
  const element = html('div', { class: 'tile' }, html('p', { class: 'label' }, label), value, detail)
  return {
    element,
    show(text, more, level) {
      setText(value, text)
      setText(detail, more)
      setAttribute(element, 'data-level', level)
    },
  }
}

const secondsOf = (state: State): Second[] => {
  const last = Math.floor(state.nowMs / 1_000)
  const seconds = Array.from({ length: SECONDS }, () => ({
    success: 0,
    failure: 0,
    rejection: 0,
    aborted: 0,
    retries: 0,
  }))
  for (const counted of state.traffic.values()) {
    const second = seconds[SECONDS - 1 - (last - counted.second)]
    if (second === undefined || !state.matches(counted.policy)) continue
    for (const kind of KINDS) second[kind] += counted[kind]
    second.retries += counted.retries
  }
  return seconds
}

const sum = (seconds: readonly Second[]): Second & { calls: number } => {
  const total = { success: 0, failure: 0, rejection: 0, aborted: 0, retries: 0, calls: 0 }
  for (const second of seconds) {
    for (const kind of KINDS) {
      total[kind] += second[kind]
      total.calls += second[kind]
    }
    total.retries += second.retries
  }
  return total
}

/** The tiles at the top; returns the function that brings them up to date. */
export const makeSummary = (): ((state: State) => void) => {
  const traffic = tile('Calls per second')
  const success = tile('Success, last minute')
  const inFlight = tile('In flight')
  const breakers = tile('Breakers not closed')
  const errors = tile('Errors, 5 minutes')
  const bars = Array.from({ length: SECONDS }, (_, index) =>
    KINDS.map((kind) => svg('rect', { class: kind, x: String(index * 10 + 1), width: '8', y: '60', height: '0' })),
  )
  const spark = svg(
    'svg',
    { class: 'spark', viewBox: `0 0 ${SECONDS * 10} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    ...bars.flat(),
  )
  traffic.element.classList.add('traffic')
  const figures = html('div')
  figures.append(...traffic.element.childNodes)
  traffic.element.append(figures, spark)
  byId('summary', HTMLDivElement).append(
    ...[traffic, success, inFlight, breakers, errors].map(({ element }) => element),
  )

  return (state) => {
    const seconds = secondsOf(state)
    const minute = sum(seconds)
    // The second under way is not over; the three before it say what is going on now.
    const lately = sum(seconds.slice(-4, -1))
    traffic.show(
      countOf(lately.calls / 3),
      `${plural(minute.calls, 'call', 'calls')}, ${plural(minute.retries, 'retry', 'retries')} in the last minute`,
    )
    const most = Math.max(1, ...seconds.map((second) => sum([second]).calls))
    for (const [index, second] of seconds.entries()) {
      let top = HEIGHT
      for (const [place, kind] of KINDS.entries()) {
        const height = (second[kind] / most) * HEIGHT
        top -= height
        const bar = bars[index]?.[place]
        if (bar === undefined) continue
        setAttribute(bar, 'height', height.toFixed(1))
        setAttribute(bar, 'y', top.toFixed(1))
      }
    }
    setAttribute(
      spark,
      'aria-label',
      `Calls in each of the last 60 seconds, ${countOf(most)} at most: ${countOf(minute.success)} succeeded, ` +
        `${countOf(minute.failure)} failed, ${countOf(minute.rejection)} were refused`,
    )
    const ended = minute.calls - minute.aborted
    const share = ended === 0 ? undefined : minute.success / ended
    success.show(
      share === undefined ? '–' : share === 1 ? '100 %' : `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`,
      `${countOf(minute.failure)} failed, ${countOf(minute.rejection)} refused`,
      share === undefined || share >= 0.99 ? undefined : share >= 0.9 ? 'warn' : 'bad',
    )
    const oldest = state.inFlight.calls[0]
    inFlight.show(
      countOf(state.inFlight.count),
      oldest === undefined ? 'none waits' : `oldest ${((state.nowMs - oldest.startedMs) / 1_000).toFixed(1)} s`,
    )
    const keys = [...state.keys.values()].filter(({ breaker }) => breaker !== undefined)
    const open = keys.filter(({ breaker }) => breaker?.state !== 'closed')
    breakers.show(
      countOf(open.length),
      open.length === 0 ? `all ${countOf(keys.length)} closed` : open.map(({ policy }) => policy).join(', '),
      open.length === 0 ? undefined : 'bad',
    )
    document.title = open.length === 0 ? 'Holdfast devtools' : `(${open.length}) Holdfast devtools`
    const { monitor } = state
    errors.element.hidden = monitor === undefined
    if (monitor !== undefined) {
      const { errors: failed, total } = monitor.lastFiveMinutes
      errors.show(countOf(failed), `of ${countOf(total)} events`, failed > 0 ? 'warn' : undefined)
    }
  }
}
