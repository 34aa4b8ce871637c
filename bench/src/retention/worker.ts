import { getEventListeners } from 'node:events'
import { retainedByOrigins } from './origins.ts'
import { settledHeapBytes } from './retained-bytes.ts'
import type { RetentionFigures } from './retention-figures.ts'
import { SIGNAL_CASES } from './signal-cases.ts'

const [name, callsText] = process.argv.slice(2)
const calls = Number(callsText)

const retainedBySignal = async (): Promise<RetentionFigures> => {
  const found = SIGNAL_CASES.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`unknown case "${name ?? ''}"`)
  const call = await found.create()
  const { signal } = new AbortController()
  // What is made once, such as compiled code and state of the first key, is no matter of single calls.
  for (let warm = 0; warm < calls / 5; warm += 1) await call(signal)
  const beforeBytes = await settledHeapBytes()
  for (let made = 0; made < calls; made += 1) await call(signal)
  const afterBytes = await settledHeapBytes()
  return {
    calls,
    bytesPerCall: (afterBytes - beforeBytes) / calls,
    listeners: getEventListeners(signal, 'abort').length,
    keysKept: 0,
    bytesPerKey: 0,
  }
}

const figures = name === 'origins' ? await retainedByOrigins(calls) : await retainedBySignal()
process.stdout.write(JSON.stringify(figures), () => process.exit(0))
