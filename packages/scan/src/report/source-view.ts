import { MEASURE_LABELS, MEASURES, stateOf, type CoveredCall } from '../call-coverage/summary.ts'
import { escaped } from './html-text.ts'

/** Longer files are shown around their calls only. */
const WHOLE_FILE_LINES = 1_500
const CONTEXT_LINES = 8

export type Tone = 'good' | 'fair' | 'bad'

/** Bad lacks a deadline or loses errors; good has all that the recommended rules ask for. */
export function toneOf(call: CoveredCall): Tone {
  const states = (['deadline', 'handledError', 'retry', 'responseCheck'] as const).map((measure) =>
    stateOf(call, measure),
  )
  if (states[0] === 'no' || states[1] === 'no') return 'bad'
  return states.every((state) => state === 'yes' || state === 'unneeded') ? 'good' : 'fair'
}

const WORDS = { yes: 'yes', no: 'no', unknown: 'unknown', unneeded: 'not needed' } as const
const TONES = { yes: 'good', no: 'bad', unknown: 'fair', unneeded: 'good' } as const

/** One file of the report: its calls with what protects them, and its source with the calls marked. */
export function sourceView(file: string, calls: readonly CoveredCall[], source: string, id: string): string {
  const worst = calls.some((call) => toneOf(call) === 'bad')
    ? 'bad'
    : calls.some((call) => toneOf(call) === 'fair')
      ? 'fair'
      : 'good'
  const count = `${calls.length} call${calls.length === 1 ? '' : 's'}`
  return `<details id="${id}"><summary><span class="${worst}" aria-hidden="true">\u25CF</span> ${escaped(file)} <span class="soft">${count}</span></summary>
<ol class="calls">${calls.map((call) => callItem(call, id)).join('')}</ol>
<pre tabindex="0" aria-label="Source of ${escaped(file)}">${sourceLines(calls, source, id)}</pre></details>`
}

function callItem(call: CoveredCall, id: string): string {
  const states = MEASURES.map((measure) => {
    const state = stateOf(call, measure)
    const protection = call.protections[measure]
    const source = 'source' in protection && protection.source !== '' ? ` (${escaped(protection.source)})` : ''
    return `<span class="state">${MEASURE_LABELS[measure]}: <b class="${TONES[state]}">${WORDS[state]}</b>${source}</span>`
  })
  return `<li><a href="#${id}-${call.line}">Line ${call.line}</a> ${escaped(call.operation)} <span class="soft">${escaped(call.client)}</span><br>${states.join(' ')}</li>`
}

function sourceLines(calls: readonly CoveredCall[], source: string, id: string): string {
  const lines = source.split(/\r\n|[\n\r]/)
  const tones = new Map<number, Tone>()
  for (const call of calls)
    for (let line = call.line; line <= call.endLine; line += 1)
      if (tones.get(line) !== 'bad') tones.set(line, toneOf(call))
  const isShown = (line: number): boolean =>
    lines.length <= WHOLE_FILE_LINES ||
    calls.some((call) => line >= call.line - CONTEXT_LINES && line <= call.endLine + CONTEXT_LINES)
  let wasShown = true
  return lines
    .map((text, index) => {
      const line = index + 1
      if (!isShown(line)) {
        const gap = wasShown ? '<span class="gap" data-line="">\u2026</span>' : ''
        wasShown = false
        return gap
      }
      wasShown = true
      const tone = tones.get(line)
      const anchor = calls.some((call) => call.line === line) ? ` id="${id}-${line}"` : ''
      return `<span data-line="${line}"${anchor}${tone === undefined ? '' : ` class="${tone}"`}>${escaped(text)}</span>`
    })
    .join('')
}
