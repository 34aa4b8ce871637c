import type { Frame } from '../frame.ts'
import { makeCalls } from './calls.ts'
import { byId, setAttribute, setText } from './dom.ts'
import { makeKeys } from './keys.ts'
import { makeLists } from './lists.ts'
import { Operator } from './operator.ts'
import { State } from './state.ts'
import { makeSummary } from './summary.ts'

const state = new State()
const operator = new Operator()
const updateSummary = makeSummary()
const updateKeys = makeKeys(operator)
const updateCalls = makeCalls()
const updateLists = makeLists(state, operator)
const connection = byId('connection', HTMLParagraphElement)
const pause = byId('pause', HTMLButtonElement)
const filter = byId('filter', HTMLInputElement)
const unlock = byId('unlock', HTMLButtonElement)

let isDrawing = false
const draw = (): void => {
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    unlock.hidden = !state.actions.isAllowed
    updateSummary(state)
    updateKeys(state)
    updateCalls(state)
    updateLists()
  })
}

const say = (status: 'waiting' | 'live' | 'paused' | 'disabled', text: string): void => {
  setAttribute(connection, 'data-state', status)
  setText(connection, text)
}

let source: EventSource | undefined
const connect = (): void => {
  say('waiting', 'connecting')
  source = new EventSource('events')
  source.addEventListener('message', ({ data }) => {
    state.apply(JSON.parse(data as string) as Frame)
    say('live', 'live')
    draw()
  })
  source.addEventListener('error', () => {
    // The browser tries again by itself, but not after an answer that refuses.
    if (source?.readyState !== EventSource.CLOSED) {
      say('waiting', 'connection lost, trying again')
      return
    }
    say('waiting', 'refused, trying again in 5 s')
    setTimeout(() => {
      if (source?.readyState === EventSource.CLOSED) connect()
    }, 5_000)
  })
}

const turnPause = (): void => {
  const isPaused = source !== undefined
  setAttribute(pause, 'aria-pressed', String(isPaused))
  setText(pause, isPaused ? 'Resume' : 'Pause')
  if (isPaused) {
    source?.close()
    source = undefined
    say('disabled', 'paused')
  } else connect()
}

const setFilter = (text: string): void => {
  filter.value = text
  state.filter = text.trim().toLowerCase()
  draw()
}

pause.addEventListener('click', turnPause)
filter.addEventListener('input', () => {
  setFilter(filter.value)
})
for (const choice of document.querySelectorAll('input[name="calls"]')) choice.addEventListener('change', draw)
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId('dialog', HTMLDialogElement).open) return
  const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'radio'
  if (event.key === 'Escape' && isTyping) {
    setFilter('')
    filter.blur()
  } else if (!isTyping && event.key === '/') {
    event.preventDefault()
    filter.focus()
  } else if (!isTyping && event.key === 'p') turnPause()
})
// Ages and countdowns go on where nothing else changes.
setInterval(() => {
  if (source !== undefined) draw()
}, 1_000)
connect()
