import { standardPolicy } from '@holdfast/core'
import type { Answer } from '@holdfast/fault-server'
import type {
  Case,
  CaseResult,
  Context,
  RuntimeName,
  RunReport,
  Scenario,
  ScenarioOptions,
  SeenRequest,
} from './case.ts'
import { pause } from './check.ts'

const LONGEST_CASE_MS = 15_000

interface Seen extends SeenRequest {
  readonly isPreflight: boolean
}

export interface RunOptions {
  readonly runtime: RuntimeName
  readonly controlUrl: string
  readonly setOffline?: (isOffline: boolean) => Promise<void>
  /** A case that takes longer fails, ms. Default 15_000. */
  readonly longestCaseMs?: number
}

// Before anything can replace it.
const ownFetch = globalThis.fetch.bind(globalThis)

const call = async (controlUrl: string, path: string, body?: unknown): Promise<unknown> => {
  const init: RequestInit = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await ownFetch(controlUrl + path, init)
  if (!response.ok) throw new Error(`control server: ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

const scenario = async (controlUrl: string, script: readonly Answer[], options: ScenarioOptions): Promise<Scenario> => {
  const made = await call(controlUrl, '/scenarios', { script, ...options })
  const { id, url } = made as { id: number; url: string }
  const seen = async (): Promise<readonly Seen[]> => (await call(controlUrl, `/scenarios/${id}`)) as readonly Seen[]
  const requests = async (): Promise<readonly SeenRequest[]> => (await seen()).filter(({ isPreflight }) => !isPreflight)
  return {
    url,
    origin: new URL(url).origin,
    requests,
    preflights: async () => (await seen()).filter(({ isPreflight }) => isPreflight),
    async until(holds, what) {
      for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 10) {
        const now = await requests()
        if (holds(now)) return now
        await pause(10)
      }
      throw new Error(`waited 5 s for the server to see: ${what}; it saw ${JSON.stringify(await requests())}`)
    },
  }
}

let policies = 0

const contextOf = ({ runtime, controlUrl, setOffline }: RunOptions): Context => ({
  runtime,
  serve: (script, options = {}) => scenario(controlUrl, script, options),
  policy: (options = {}) => standardPolicy({ name: `case-${(policies += 1)}`, retry: { baseMs: 1 }, ...options }),
  setOffline: setOffline ?? (() => Promise.reject(new Error('only a browser can be taken offline'))),
})

const runCase = async (one: Case, context: Context, longestMs: number): Promise<CaseResult> => {
  const startedMs = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not done after ${longestMs / 1_000} s`))
    }, longestMs)
  })
  let failure: string | undefined
  try {
    await Promise.race([one.run(context), late])
  } catch (error) {
    failure = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error)
  } finally {
    clearTimeout(timer)
  }
  return { name: one.name, failure, tookMs: Math.round(performance.now() - startedMs) }
}

/** The cases that can hold in a runtime. */
export const casesFor = (runtime: RuntimeName, cases: readonly Case[]): readonly Case[] =>
  cases.filter(({ not }) => not?.[runtime] === undefined)

/** Runs all cases that can hold here, a few at a time, and collects what nobody handled meanwhile. */
export const runCases = async (
  cases: readonly Case[],
  options: RunOptions,
  atATime: number,
  report: (result: CaseResult) => void,
): Promise<RunReport['results']> => {
  const context = contextOf(options)
  const possible = casesFor(options.runtime, cases)
  const waiting = possible.filter(({ isAlone }) => isAlone !== true)
  const results: CaseResult[] = []
  const runOne = async (one: Case): Promise<void> => {
    const result = await runCase(one, context, options.longestCaseMs ?? LONGEST_CASE_MS)
    results.push(result)
    report(result)
  }
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runOne(next)
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  for (const one of possible) if (one.isAlone === true) await runOne(one)
  return results
}
