import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allCases } from '../cases/all-cases.ts'
import type { RunReport, RuntimeName } from '../cases/case.ts'
import { bundle } from './bundle.ts'
import { runProgram, type Finished, type ProcessRuntime } from './child-process.ts'
import { startScenarioServer, type ScenarioServer } from './scenario-server.ts'

const cases = path.resolve(import.meta.dirname, '../cases')

/** One test for each case, from the report of a run; a case that cannot hold is skipped with its reason. */
export const caseTests = (runtime: RuntimeName, reportOf: () => RunReport | undefined): void => {
  for (const { name, not } of allCases(runtime)) {
    const reason = not?.[runtime]
    if (reason !== undefined) test.skip(`${name} (not in ${runtime}: ${reason})`)
    else {
      test(name, () => {
        const result = reportOf()?.results.find((each) => each.name === name)
        expect(result, 'the run reported it').toBeDefined()
        expect(result?.failure).toBeUndefined()
      })
    }
  }
  test('nothing was rejected without a handler or thrown without a catch', () => {
    expect(reportOf()?.unhandled).toEqual([])
  })
}

/** Runs every case in a server-side runtime, as a process of its own. */
export const processTests = (title: ProcessRuntime, runtime: RuntimeName): void => {
  describe(title, () => {
    let server: ScenarioServer
    let finished: Finished | undefined
    let report: RunReport | undefined

    beforeAll(async () => {
      server = await startScenarioServer()
      const program = await bundle(path.join(cases, 'process.ts'), 'process', `cases-${title.replace(' ', '-')}`)
      finished = await runProgram(title, program, [runtime, server.controlUrl])
      const line = finished.stdout.trim().split('\n').at(-1) ?? ''
      if (!line.startsWith('{')) throw new Error(`${title} printed no report.\n${finished.stdout}\n${finished.stderr}`)
      report = JSON.parse(line) as RunReport
    }, 90_000)

    afterAll(() => server.close())

    caseTests(runtime, () => report)

    test('90 the process ended by itself, soon after the last call', () => {
      expect(finished?.code, finished?.stderr).toBe(0)
      expect(finished?.lingeredMs).toBeLessThan(3_000)
    })
  })
}

/** A page with the cases, and the servers they talk to. */
export const servePage = async (): Promise<ScenarioServer> => {
  const script = readFileSync(await bundle(path.join(cases, 'page.ts'), 'page', 'cases-page'), 'utf8')
  const body =
    '<!doctype html><title>Holdfast in a page</title><ol></ol><script type="module" src="/cases.js"></script>'
  return startScenarioServer({
    '/': { type: 'text/html; charset=utf-8', body },
    '/cases.js': { type: 'text/javascript; charset=utf-8', body: script },
    '/favicon.ico': { type: 'image/x-icon', body: '' },
  })
}
