import type { LogLine } from '../../app/log.ts'
import type { Finding } from '../../doctor/index.ts'
import { ask, onPress, say, sayTold } from './ask.ts'
import { axes, draw } from './charts.ts'
import { fillTable, find, make } from './elements.ts'

interface Status {
  readonly nowMs: number
  readonly pause: { readonly untilMs: number; readonly until: string; readonly reason: 'quota' | 'rate-limit' } | null
  readonly consent: { readonly daysLeft: number } | null
  readonly next: { readonly at: string; readonly reason: string } | null
  readonly runs: readonly {
    readonly kind: string
    readonly month: string
    readonly started: string
    readonly outcome?: string
    readonly summary?: string
  }[]
  readonly calls: readonly { readonly day: string; readonly outcome: string; readonly calls: number }[]
}

let pauseEndsMs = 0
// The clock of the server counts; the one of a phone may be off.
let aheadMs = 0

const pad = (value: number): string => String(value).padStart(2, '0')

const showPause = (): void => {
  const leftSeconds = Math.ceil((pauseEndsMs - Date.now() - aheadMs) / 1_000)
  const [hours, minutes, seconds] = [
    Math.floor(leftSeconds / 3_600),
    Math.floor(leftSeconds / 60) % 60,
    leftSeconds % 60,
  ]
  find('pause').textContent = leftSeconds <= 0 ? 'now' : `in ${hours}:${pad(minutes)}:${pad(seconds)}`
}

const WHY = {
  quota: 'The calls of your developer account are used up; all your applications share them.',
  'rate-limit': 'Too many calls in a short time. Calling earlier makes the wait longer.',
}

const showMeters = ({ pause, consent, next, nowMs }: Status): void => {
  aheadMs = nowMs - Date.now()
  pauseEndsMs = pause?.untilMs ?? 0
  showPause()
  find('pause-why').textContent =
    pause === null ? 'Spotify has not asked us to wait.' : `${WHY[pause.reason]} Until ${pause.until}.`
  const days = consent?.daysLeft ?? 0
  find('consent').textContent = consent === null ? 'not given' : `${days} days left`
  find('consent-meter', HTMLMeterElement).value = days
  find('next').textContent = next?.at ?? 'not planned'
  find('next-why').textContent = next === null ? '' : `Because of ${next.reason}.`
}

const drawCalls = (calls: Status['calls']): Promise<void> => {
  const days = [...new Set(calls.map(({ day }) => day))].slice(-60)
  const outcomes = [...new Set(calls.map(({ outcome }) => outcome))]
  const of = (outcome: string, wanted: string): number =>
    calls.find(({ day, outcome: found }) => day === wanted && found === outcome)?.calls ?? 0
  return draw('calls', (colours) => ({
    grid: { left: 45, right: 15, top: 40, bottom: 30 },
    legend: { top: 0, textStyle: { color: colours.ink } },
    xAxis: { type: 'category', data: days, ...axes(colours), splitLine: { show: false } },
    yAxis: { type: 'value', ...axes(colours) },
    series: outcomes.map((outcome) => ({
      type: 'bar' as const,
      stack: 'calls',
      name: outcome,
      data: days.map((day) => of(outcome, day)),
      ...(outcome === '2xx' ? { color: colours.accent } : {}),
    })),
  }))
}

const load = async (): Promise<void> => {
  const status = await ask<Status>('/api/status')
  showMeters(status)
  fillTable(
    find('runs'),
    ['Started', 'Job', 'Month', 'Outcome', 'Summary'],
    status.runs.map(({ started, kind, month, outcome, summary }) => [
      started,
      kind,
      month,
      outcome ?? 'under way',
      summary ?? '',
    ]),
  )
  await drawCalls(status.calls)
}

let lines: readonly LogLine[] = []
const showLog = (): void => {
  const wanted = find('filter', HTMLInputElement).value.toLowerCase()
  const shown = lines.filter((line) => JSON.stringify(line).toLowerCase().includes(wanted))
  fillTable(
    find('log'),
    ['Time', 'Level', 'Message', 'Code', 'Correlation id'],
    shown.map(({ time, level, message, code, requestId }) => [time, level, message, code ?? '', requestId ?? '']),
  )
}

const finding = ({ area, check, status, message }: Finding): HTMLElement => {
  const more =
    status === 'ok' ? [] : [make('p', {}, `Why: ${message.why}`), make('p', {}, `What to do: ${message.todo}`)]
  return make(
    'li',
    { class: status },
    make('p', {}, make('strong', {}, `${area} ${check}: ${status}`), ` ${message.what}`),
    ...more,
  )
}

onPress('examine', async () => {
  const findings = await ask<readonly Finding[]>('/api/doctor')
  find('findings').replaceChildren(...findings.map(finding))
})
onPress('snapshot', async () => {
  say('Taking the snapshot ...')
  const done = await ask<{
    month: string
    outcome: string
    summary: string
    message: { what: string; why: string; todo: string } | null
  }>('/api/snapshot', {})
  if (done.message === null) say(`${done.month}: ${done.outcome}. ${done.summary}`)
  else sayTold(done.message)
  await refresh()
})
find('filter').addEventListener('input', showLog)

const refresh = async (): Promise<void> => {
  await load()
  lines = await ask<readonly LogLine[]>('/api/log')
  showLog()
}

setInterval(showPause, 1_000)
await refresh()
document.body.dataset['ready'] = 'true'
