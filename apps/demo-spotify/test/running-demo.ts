import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@holdfast/test-services'
import { openLog } from '../src/app/log.ts'
import { logFolder, readSettings } from '../src/app/settings.ts'
import { simulateYears } from '../src/app/simulate-years.ts'
import { openTimeMachine, type TimeMachine } from '../src/app/time-machine.ts'
import { coverSvg, SIMULATED_CLIENT_ID, startSimulator, type Simulator } from '../src/simulator/index.ts'
import { listen, webApp } from '../src/web/server.ts'
import { giveConsent } from './stage.ts'

export interface RunningDemo {
  readonly url: string
  readonly machine: TimeMachine
  readonly simulator: Simulator
  stop(): Promise<void>
}

/** What `start` runs, in this process. */
export const startDemo = async (): Promise<RunningDemo> => {
  const folder = mkdtempSync(join(tmpdir(), 'time-machine-web-'))
  const simulator = await startSimulator()
  const port = await freePort()
  const settings = {
    ...readSettings({}),
    clientId: SIMULATED_CLIENT_ID,
    redirectUri: `http://127.0.0.1:${port}/callback`,
    apiBase: simulator.apiBase,
    accountsBase: simulator.accountsBase,
    folder,
  }
  await simulateYears(settings, 3)
  const log = openLog(logFolder(settings))
  const machine = openTimeMachine(settings, { logger: log.logger })
  giveConsent(simulator, machine)
  const app = webApp({ machine, logger: log.logger, nextRun: () => undefined, drawCover: coverSvg })
  const { server } = await listen(app, port)
  return {
    url: `http://127.0.0.1:${port}`,
    machine,
    simulator,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await machine.close()
      await log.close()
      await simulator.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
