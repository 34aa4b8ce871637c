/** The program of a browser page: the cases, each shown as a line, and the probes of what the browser does by itself. */
import { allCases } from './all-cases.ts'
import type { CaseResult, RunReport } from './case.ts'
import { sendAll, type Probe } from './resend.ts'
import { runCases } from './run-cases.ts'

interface PageGlobals {
  /** Given by the host: the network of the page on or off. */
  setOffline(isOffline: boolean): Promise<void>
  runAll(controlUrl: string): Promise<RunReport>
  sendAll(probes: readonly Probe[]): Promise<void>
}

const page = globalThis as unknown as PageGlobals
const unhandled: string[] = []
addEventListener('unhandledrejection', ({ reason }) => {
  unhandled.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason))
})
addEventListener('error', ({ message }) => {
  unhandled.push(message)
})

const show = ({ name, failure, tookMs }: CaseResult): void => {
  const line = document.createElement('li')
  line.textContent = `${failure === undefined ? 'holds' : 'FAILS'} (${tookMs} ms) ${name}`
  document.querySelector('ol')?.append(line)
}

page.sendAll = sendAll
page.runAll = async (controlUrl) => {
  const setOffline = (isOffline: boolean): Promise<void> => page.setOffline(isOffline)
  const results = await runCases(allCases('chromium'), { runtime: 'chromium', controlUrl, setOffline }, 3, show)
  // A rejection is reported after its turn.
  await new Promise((resolve) => setTimeout(resolve, 50))
  return { runtime: navigator.userAgent, results, unhandled }
}
