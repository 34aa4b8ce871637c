import type { Policy } from '@holdfast/core'
import { createFaultServer, type FaultServer, json } from '@holdfast/fault-server'
import { quietPolicy } from '../src/quiet-policy.ts'
import { differences, portrait, type PortraitOptions } from './portrait.ts'
import type { Scenario, Stage } from './scenario.ts'
import type { Subject } from './subjects.ts'

/** All that a caller and a server can see of one run. */
interface Observation {
  /** What each connection received, in latin1, and how each exchange ended. */
  readonly wire: unknown
  /** What the calls gave, and what reading it gave. */
  readonly results: unknown
  /** How many of the calls the policy saw: a run that passes it by proves nothing. */
  readonly policySaw: number
  /** What the caller's own hooks saw. */
  readonly notes: unknown
  readonly timing: 'at once' | 'after a wait'
}

// Every wait of the scenarios is longer than this, every other step far shorter.
const AT_ONCE_MS = 300
const SETTLING_MS = 150

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const readStream = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

const read = async (response: Response, how: Scenario['read'] = 'text'): Promise<unknown> => {
  if (how === 'never') return undefined
  if (how === 'stream') return response.body === null ? null : readStream(response.body)
  if (how === 'clone') return Promise.all([response.clone().text(), response.text()])
  return response[how]()
}

const settle = async (run: () => Promise<unknown>): Promise<{ kind: string; value: unknown }> => {
  try {
    return { kind: 'resolved', value: await run() }
  } catch (error) {
    return { kind: 'rejected', value: error }
  }
}

const isNodeStream = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && 'pipe' in value && Symbol.asyncIterator in value

/** The body that is still to be read: of a Response, or of an axios response of type `stream`. */
const readLater = (value: unknown, how: Scenario['read']): (() => Promise<unknown>) | undefined => {
  if (value instanceof Response) return () => read(value, how)
  const data: unknown = (value as { data?: unknown } | null)?.data
  if (isNodeStream(data) || data instanceof ReadableStream) return () => readStream(data)
  return undefined
}

const wireOf = (server: FaultServer, normalise: (text: string) => string): unknown => ({
  // After an abort undici may open a connection in advance; it does so with and without a policy, but not every time.
  connections: server
    .received()
    .filter(({ length }) => length > 0)
    .map((bytes) => normalise(Buffer.from(bytes).toString('latin1'))),
  exchanges: server.journal.entries.map(({ answered, connectionId, clientLeft }) => ({
    answered,
    connectionId,
    clientLeft,
  })),
})

// A client that left is seen a moment later; what still waits then is left waiting on purpose.
const settled = async (server: FaultServer): Promise<void> => {
  const endMs = performance.now() + SETTLING_MS
  while (performance.now() < endMs && server.journal.entries.some(({ settledAtMs }) => settledAtMs === null)) {
    await pause(5)
  }
}

const normaliserFor = (server: FaultServer): ((text: string) => string) => {
  return (text) => {
    let comparable = text.replaceAll(`127.0.0.1:${server.port}`, 'HOST').replaceAll(String(server.port), 'PORT')
    for (const [, boundary] of text.matchAll(/boundary=([^\r\n;"]+)/g)) {
      if (boundary !== undefined) comparable = comparable.replaceAll(boundary, 'BOUNDARY')
    }
    // One that the content-type does not name, as with a form in the fetch adapter of axios.
    comparable = comparable.replaceAll(/-formdata-undici-\d+|-{26}[\da-f]{24}/g, '-BOUNDARY')
    return comparable.replaceAll(/\d+ms timeout|in \d+ ms/g, 'so many ms')
  }
}

const observe = async (subject: Subject, scenario: Scenario, policy: Policy | undefined): Promise<Observation> => {
  const server = await createFaultServer({
    ...(Array.isArray(scenario.answers)
      ? { script: scenario.answers }
      : scenario.answers === undefined
        ? { script: [json({ ok: true })] }
        : { routes: scenario.answers as Exclude<Scenario['answers'], undefined | readonly unknown[]> }),
    journal: { wire: true },
  })
  const controller = new AbortController()
  const timers: NodeJS.Timeout[] = []
  const notes: unknown[] = []
  const expected = scenario.isUnseen === true || scenario.abort === 'before' ? 0 : (scenario.calls ?? 1)
  let policySaw = policy === undefined ? expected : 0
  if (expected > 0) policy?.on('call-ended', () => (policySaw += 1))
  const reason = new Error("the caller's own reason")
  const stage: Stage = {
    url: server.url,
    signal: controller.signal,
    reason,
    axios: subject.axios,
    later(delayMs, run) {
      const watch = setInterval(() => {
        if (server.journal.count() === 0) return
        clearInterval(watch)
        timers.push(setTimeout(run, delayMs))
      }, 1)
      timers.push(watch)
    },
    note: (...facts) => void notes.push(facts),
  }
  const normalise = normaliserFor(server)
  const options: PortraitOptions = {
    normalise,
    known: new Map<unknown, string>([
      [reason, "the caller's reason"],
      [controller.signal, "the caller's signal"],
    ]),
  }
  try {
    if (scenario.isRefused === true) await server.refuseConnections()
    if (scenario.abort === 'before') controller.abort(reason)
    const send = subject.make(scenario, stage, policy)
    const startedMs = performance.now()
    if (typeof scenario.abort === 'number') stage.later(scenario.abort, () => controller.abort(reason))
    const results: unknown[] = []
    for (let call = 0; call < (scenario.calls ?? 1); call += 1) {
      const result = await settle(() => send(scenario, stage))
      // Drawn before the body is read, because reading changes the response.
      const before = portrait(result.value, options)
      const later = readLater(result.value, scenario.read) ?? readLater(responseIn(result.value), scenario.read)
      const body = later === undefined ? undefined : await settle(later)
      const after = later === undefined ? undefined : portrait(result.value, options)
      results.push({ kind: result.kind, before, body: portrait(body, options), after })
    }
    const tookMs = performance.now() - startedMs
    await settled(server)
    const timing = tookMs < AT_ONCE_MS ? 'at once' : 'after a wait'
    return { wire: wireOf(server, normalise), results, policySaw, notes: portrait(notes, options), timing }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    policy?.close()
    await server.close()
  }
}

const responseIn = (error: unknown): unknown =>
  error instanceof Error ? (error as { response?: unknown }).response : undefined

const TRIES = 6
// A difference that is no matter of time shows every time.
const SURE = 2

// ky shows its options in its errors: with its own retries and timeouts off, because the policy has them, on ky 1 with our
// `fetch`, and in the order of `extend`.
const KNOWN = /\.own\.options\.(keys|own\.(timeout|fetch|retry\.(keys|own\.shouldRetry)))/

/** The smallest difference between a run of the one side and a run of the other. */
const closest = (stocks: readonly Observation[], ours: readonly Observation[], known: RegExp | undefined): string[] =>
  stocks
    .flatMap((stock) => ours.map((own) => differences({ ...stock, timing: 0 }, { ...own, timing: 0 })))
    .map((lines) => lines.filter((line) => !KNOWN.test(line) && known?.test(line) !== true))
    .reduce((least, lines) => (lines.length < least.length ? lines : least))

const fastest = (runs: readonly Observation[]): Observation['timing'] =>
  runs.some(({ timing }) => timing === 'at once') ? 'at once' : 'after a wait'

/**
 * Runs a scenario without and with a policy and says where the two runs differ, one line each.
 *
 * A busy machine can turn "at once" into a wait, so the fastest of several runs counts; and where a reset may overtake
 * the bytes before it, it is enough that both sides can end the same way.
 */
export const compare = async (subject: Subject, scenario: Scenario, attached: Subject = subject): Promise<string[]> => {
  const stocks: Observation[] = []
  const ours: Observation[] = []
  // The next of several calls may find the connection of the one before still busy.
  const isRacy = scenario.isRacy === true || (scenario.calls ?? 1) > 1
  let found: string[] = []
  for (let run = 1; run <= TRIES; run += 1) {
    stocks.push(await observe(subject, scenario, undefined))
    ours.push(await observe(attached, scenario, quietPolicy(scenario.isRetryable === true ? { maxRetries: 0 } : {})))
    found = closest(stocks, ours, scenario.known)
    if (found.length > 0 && run >= (isRacy ? TRIES : SURE)) return found
    const [stock, own] = [fastest(stocks), fastest(ours)]
    if (stock !== own) found = [...found, `timing: stock ${stock}, attached ${own}`]
    if (found.length === 0) return found
    await pause(run * 50)
  }
  return found
}
