import { Hono } from 'hono'
import { logError } from '@holdfast/core/logging'
import type { StructuredLogger } from '@holdfast/core/logging'
import { readLog, withCorrelation } from '../app/log.ts'
import { monthlyJob } from '../app/monthly-job.ts'
import { logFolder } from '../app/settings.ts'
import type { TimeMachine } from '../app/time-machine.ts'
import { examine } from '../doctor/index.ts'
import { clockTime, explain } from '../messages/explain.ts'
import { explainSnapshot } from '../messages/explain-snapshot.ts'
import { syncPlaylist, undoPlaylist } from '../playlist/index.ts'
import type { NextRun } from '../schedule/index.ts'
import { listeningClock, monthViews, playlistView, timeMachineView } from './views.ts'

export interface ApiOptions {
  readonly machine: TimeMachine
  readonly logger: StructuredLogger
  readonly nextRun: () => NextRun | undefined
}

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/

/** What the pages ask for. Failures are answered in three parts, for a person. */
export const webApi = ({ machine, logger, nextRun }: ApiOptions): Hono => {
  const { store, settings, tokens, now } = machine
  const api = new Hono()
  api.onError((error, context) => {
    logError(logger, error, { operation: `${context.req.method} ${context.req.path}` })
    return context.json({ message: explain(error) }, 503)
  })
  api.get('/months', (context) => context.json(monthViews(store)))
  api.get('/time-machine', (context) =>
    context.json(timeMachineView(store, context.req.query('list') ?? 'tracks-short_term', context.req.query('month'))),
  )
  api.get('/listening-clock', (context) => context.json(listeningClock(store)))
  api.get('/playlist', (context) => {
    const month = context.req.query('month') ?? store.snapshots.months().at(-1) ?? ''
    return context.json(playlistView(store, month))
  })
  for (const [action, work] of [
    ['sync', syncPlaylist],
    ['undo', undoPlaylist],
  ] as const) {
    api.post(`/playlist/${action}`, async (context) => {
      const { month } = await context.req.json<{ month?: unknown }>()
      if (typeof month !== 'string' || !MONTH.test(month)) return context.text('month must be such as 2026-11', 400)
      await withCorrelation(() => work(machine, month))
      return context.json(playlistView(store, month))
    })
  }
  api.post('/snapshot', async (context) => {
    const report = await monthlyJob(machine, logger)
    const { month, outcome, summary } = report
    return context.json({ month, outcome, summary, message: explainSnapshot(report) ?? null })
  })
  api.get('/status', (context) => {
    const pause = store.limits.read()
    const next = nextRun()
    const isPaused = pause !== undefined && pause.untilMs > now()
    return context.json({
      nowMs: now(),
      pause: isPaused ? { ...pause, until: clockTime(pause.untilMs) } : null,
      consent: tokens.consent() ?? null,
      next: next === undefined ? null : { ...next, at: clockTime(next.atMs) },
      runs: store.runs.latest(15).map((run) => ({ ...run, started: clockTime(run.startedAtMs) })),
      calls: store.limits.counts(),
    })
  })
  api.get('/log', (context) => context.json(readLog(logFolder(settings))))
  api.get('/doctor', async (context) => context.json(await examine(settings, undefined, now)))
  return api
}
