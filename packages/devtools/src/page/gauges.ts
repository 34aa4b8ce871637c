import type { KeyView } from '../frame.ts'
import { html, KeyedList, setAttribute, setText, type Row } from './dom.ts'
import { countOf, durationOf, percentOf } from './format.ts'

interface Gauge {
  readonly name: string
  readonly text: string
  /** How much is left or used, 0 to 1; undefined for what is just so. */
  readonly share: number | undefined
  readonly level: 'warn' | 'bad' | undefined
}

const left = (name: string, remaining: number, limit: number, more = ''): Gauge => {
  const share = limit > 0 ? Math.min(1, remaining / limit) : 0
  const level = share <= 0.02 ? 'bad' : share < 0.2 ? 'warn' : undefined
  return { name, text: `${countOf(remaining)} of ${countOf(limit)}${more}`, share, level }
}

const gaugesOf = ({ budget, rate, daily, quotas, gate, throttle, concurrency }: KeyView, nowMs: number): Gauge[] => {
  const gauges: Gauge[] = []
  if (budget !== undefined) gauges.push(left('Retry budget', Math.floor(budget.tokens), budget.capacity))
  if (rate?.permits !== undefined) {
    const queued = rate.queued > 0 ? `, ${countOf(rate.queued)} wait` : ''
    const slowed = rate.factor < 1 ? `, at ${percentOf(rate.factor)}` : ''
    gauges.push(left('Rate permits', rate.remaining, rate.permits, queued + slowed))
  }
  if (daily !== undefined) {
    if (daily.limit !== undefined) gauges.push(left('Daily quota', daily.remaining, daily.limit))
    else gauges.push({ name: 'Daily quota', text: countOf(daily.remaining), share: 1, level: undefined })
  }
  for (const { name, remaining, limit, resetAtMs } of quotas) {
    const reset = `, new in ${durationOf(Math.max(0, resetAtMs - nowMs))}`
    if (limit !== undefined) gauges.push(left(`Quota ${name}`, remaining, limit, reset))
    else
      gauges.push({
        name: `Quota ${name}`,
        text: `${countOf(remaining)}${reset}`,
        share: Math.min(1, remaining),
        level: remaining < 1 ? 'bad' : undefined,
      })
  }
  if (concurrency !== undefined) {
    const { limit, inFlight, queued } = concurrency
    const share = limit > 0 ? Math.min(1, inFlight / limit) : 0
    const text = `${countOf(inFlight)} of ${countOf(limit)} used${queued > 0 ? `, ${countOf(queued)} wait` : ''}`
    gauges.push({ name: 'Concurrency', text, share, level: queued > 0 ? 'bad' : share >= 0.8 ? 'warn' : undefined })
  }
  if (gate !== undefined) {
    const closedMs = gate.closedUntilMs === undefined ? 0 : Math.max(0, gate.closedUntilMs - nowMs)
    const waiting = gate.waiting > 0 ? `, ${countOf(gate.waiting)} wait` : ''
    const text = closedMs > 0 ? `closed for ${durationOf(closedMs)}${waiting}` : 'open'
    gauges.push({
      name: 'Server gate',
      text,
      share: closedMs > 0 ? 1 : undefined,
      level: closedMs > 0 ? 'bad' : undefined,
    })
  }
  if (throttle !== undefined) {
    const { probability } = throttle
    const text = probability > 0 ? `sheds ${percentOf(probability)}` : 'sheds nothing'
    gauges.push({
      name: 'Throttle',
      text,
      share: probability > 0 ? probability : undefined,
      level: probability > 0 ? 'warn' : undefined,
    })
  }
  return gauges
}

const makeGauge = (): Row<Gauge> => {
  const name = html('span', { class: 'name' })
  const fill = html('div', { class: 'fill' })
  const track = html('div', { class: 'track', role: 'meter', 'aria-valuemin': '0', 'aria-valuemax': '100' }, fill)
  const value = html('span', { class: 'value' })
  const element = html('div', { class: 'gauge' }, name, value, track)
  return {
    element,
    update(gauge) {
      setText(name, gauge.name)
      setAttribute(name, 'title', gauge.name)
      setText(value, gauge.text)
      setAttribute(element, 'data-level', gauge.level)
      setAttribute(track, 'aria-label', gauge.name)
      track.hidden = gauge.share === undefined
      const share = gauge.share ?? 0
      setAttribute(track, 'aria-valuenow', String(Math.round(share * 100)))
      setAttribute(track, 'aria-valuetext', gauge.text)
      fill.style.setProperty('--share', share.toFixed(3))
    },
  }
}

/** The gauges of one key. */
export const makeGauges = (): { element: HTMLElement; update: (key: KeyView, nowMs: number) => void } => {
  const element = html('div', { class: 'gauges' })
  const list = new KeyedList<Gauge>(element, 'This policy has no limits.', ({ name }) => name, makeGauge)
  return {
    element,
    update: (key, nowMs) => {
      list.update(gaugesOf(key, nowMs))
    },
  }
}
