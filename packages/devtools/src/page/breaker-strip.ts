import type { KeyView } from '../frame.ts'
import { setAttribute, svg } from './dom.ts'
import { timeOf } from './format.ts'

export const STRIP_MS = 600_000
const WIDTH = 600

/** A bar of the last ten minutes, coloured by the state of the breaker. */
export const makeStrip = (): { element: SVGSVGElement; update: (key: KeyView, nowMs: number) => void } => {
  const element = svg('svg', { class: 'strip', viewBox: `0 0 ${WIDTH} 14`, preserveAspectRatio: 'none', role: 'img' })
  let drawn = ''
  return {
    element,
    update({ history, breaker, policy }, nowMs) {
      // A second moves the bar by one of its 600 units.
      const drawing = `${Math.floor(nowMs / 1_000)} ${history.length} ${breaker?.state ?? ''}`
      if (drawing === drawn) return
      drawn = drawing
      const fromMs = nowMs - STRIP_MS
      // Before the first change that is known it was closed, as every breaker begins.
      const before = history.findLast(([atMs]) => atMs <= fromMs)?.[1] ?? 'closed'
      const changes = [[fromMs, before] as const, ...history.filter(([atMs]) => atMs > fromMs)]
      element.replaceChildren(
        ...changes.map(([atMs, state], index) => {
          const endMs = changes[index + 1]?.[0] ?? nowMs
          const x = ((atMs - fromMs) / STRIP_MS) * WIDTH
          // A short opening is what one looks for, so that it is at least visible.
          const width = Math.max(state === 'closed' ? 0 : 2, ((endMs - atMs) / STRIP_MS) * WIDTH)
          return svg(
            'rect',
            { class: state, x: x.toFixed(1), y: '0', width: width.toFixed(1), height: '14' },
            svg('title', {}, `${state} from ${timeOf(atMs)} to ${timeOf(endMs)}`),
          )
        }),
      )
      const told = changes.slice(1).map(([atMs, state]) => `${state} at ${timeOf(atMs)}`)
      setAttribute(
        element,
        'aria-label',
        `Breaker of ${policy} in the last 10 minutes: ${told.length === 0 ? `${before} all the time` : told.slice(-6).join(', ')}`,
      )
    },
  }
}
