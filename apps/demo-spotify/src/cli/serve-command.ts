import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { logError } from '@holdfast/core/logging'
import { openLog, type Log } from '../app/log.ts'
import { monthlyJob, playlistJob } from '../app/monthly-job.ts'
import { logFolder, readSettings, type Settings } from '../app/settings.ts'
import { simulateYears } from '../app/simulate-years.ts'
import { openTimeMachine, type TimeMachine } from '../app/time-machine.ts'
import { SCOPES } from '../oauth/index.ts'
import { Scheduler } from '../schedule/index.ts'
import { coverSvg, SIMULATED_CLIENT_ID, startSimulator } from '../simulator/index.ts'
import { choosePort } from '../web/choose-port.ts'
import { listen, webApp } from '../web/server.ts'
import { guarded, withMachine, type Terminal } from './context.ts'
import { EXIT } from './exit-codes.ts'

const YEARS = 3

const untilSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })

const close = (server: Server): Promise<void> => {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

interface Site {
  readonly machine: TimeMachine
  readonly log: Log
  readonly port: number
  readonly drawCover?: (id: string) => string
}

/** Serves the pages and keeps the schedule until the process is asked to end. */
const serveUntilEnd = async (terminal: Terminal, { machine, log, port, drawCover }: Site): Promise<void> => {
  const { logger } = log
  const scheduler = new Scheduler({
    store: machine.store,
    schedule: machine.settings.schedule,
    now: machine.now,
    run: (job) => (job === 'month' ? monthlyJob : playlistJob)(machine, logger).then(() => undefined),
    onError: (error) => logError(logger, error, { operation: 'monthlyJob' }),
  })
  const app = webApp({
    machine,
    logger,
    nextRun: () => scheduler.next,
    ...(drawCover === undefined ? {} : { drawCover }),
  })
  const site = await listen(app, port)
  scheduler.start()
  terminal.out(`The time machine is at http://127.0.0.1:${site.port}/ (Ctrl+C ends it)`)
  await untilSignal()
  scheduler.stop()
  await close(site.server)
}

/** The web page and the schedule with real data. */
export const serveCommand = (terminal: Terminal, options: { readonly port: string }): Promise<number> =>
  withMachine(terminal, 'serve', async ({ machine, log }) => {
    await serveUntilEnd(terminal, { machine, log, port: Number(options.port) })
    return EXIT.done
  })

/** Everything on simulated data in a temporary folder. */
export const demoCommand = (terminal: Terminal, options: { readonly port: string }): Promise<number> =>
  guarded(terminal, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'time-machine-demo-'))
    const simulator = await startSimulator()
    try {
      const port = await choosePort(Number(options.port))
      const settings: Settings = {
        ...readSettings({}),
        clientId: SIMULATED_CLIENT_ID,
        redirectUri: `http://127.0.0.1:${port}/callback`,
        apiBase: simulator.apiBase,
        accountsBase: simulator.accountsBase,
        folder,
      }
      terminal.out(`Living through ${YEARS} years with the simulator ...`)
      await simulateYears(settings, YEARS)
      const log = openLog(logFolder(settings))
      const machine = openTimeMachine(settings, { logger: log.logger })
      try {
        const grant = simulator.accounts.grant(SCOPES)
        machine.tokenStore.write({
          accessToken: grant.access_token,
          refreshToken: grant.refresh_token,
          expiresAtMs: Date.now() + 3_600_000,
          scopes: SCOPES,
          consentAtMs: Date.now(),
        })
        await serveUntilEnd(terminal, { machine, log, port, drawCover: coverSvg })
      } finally {
        await machine.close()
        await log.close()
      }
      return EXIT.done
    } finally {
      await simulator.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
