import { degradationHealth } from '@holdfast/core/degradation'
import { scrubText } from '@holdfast/core/logging'
import type { Clock } from '@holdfast/core'
import type { Monitor } from '@holdfast/core/monitor'
import type { MonitorView, ServiceView } from './frame.ts'
import type { SwitchBoard } from './options.ts'
import { shownLabel } from './shown-text.ts'

const MOST_SERVICES = 100

/** The monitor's summary as the page shows it. */
export const monitorView = (monitor: Pick<Monitor, 'summary'>, clock: Clock): MonitorView => {
  const { lastFiveMinutes, groups, folded, firing } = monitor.summary()
  // Whole seconds, so that nothing seems to have changed when nothing did.
  const wallOf = (atMs: number): number => Math.round((clock.wall() - clock.now() + atMs) / 1_000) * 1_000
  return {
    lastFiveMinutes,
    groups: groups.map((group) => ({
      fingerprint: shownLabel(group.fingerprint),
      code: shownLabel(group.code),
      category: group.category,
      upstream: group.upstream === undefined ? undefined : shownLabel(group.upstream),
      route: group.route === undefined ? undefined : shownLabel(group.route),
      message: scrubText(group.message).slice(0, 300),
      count: group.count,
      firstMs: wallOf(group.firstMs),
      lastMs: wallOf(group.lastMs),
    })),
    folded,
    alerts: firing
      .slice(0, 20)
      .map(({ kind, subject, message }) => ({ kind, subject: shownLabel(subject), message: scrubText(message) })),
  }
}

/** What is done without and what is switched off; services appear when `degrade` was called or their switch is on. */
export const serviceViews = (switches: SwitchBoard | undefined): readonly ServiceView[] => {
  const states = degradationHealth()
  const killed = switches?.killed
  const names = new Set([...(killed?.keys() ?? []), ...Object.keys(states)])
  return [...names]
    .slice(0, MOST_SERVICES)
    .toSorted()
    .map((name) => {
      const state = Object.hasOwn(states, name) ? states[name] : undefined
      const reason = killed?.get(name)
      return {
        name: shownLabel(name),
        isDegraded: state?.degraded ?? false,
        isKilled: switches?.isKilled(name) ?? false,
        reason: reason === undefined ? undefined : shownLabel(reason),
        fallbacks: state?.fallbacks ?? 0,
        calls: state?.calls ?? 0,
        lastCode: state?.lastCode,
      }
    })
}
