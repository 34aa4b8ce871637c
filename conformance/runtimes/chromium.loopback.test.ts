import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunReport } from './cases/case.ts'
import type { Probe } from './cases/resend.ts'
import { chromiumPath, launchChromium, mustHaveChromium, noChromium } from '@holdfast/test-services'
import { RESENDS } from './host/expected-resends.ts'
import { probeResends } from './host/resends.ts'
import { caseTests, servePage } from './host/runtime-tests.ts'
import type { ScenarioServer } from './host/scenario-server.ts'

interface Cases {
  runAll(controlUrl: string): Promise<RunReport>
  sendAll(probes: readonly Probe[]): Promise<void>
}

if (chromiumPath === undefined && !mustHaveChromium) console.warn(`\nSKIPPED: every test in a browser. ${noChromium}\n`)

describe.skipIf(chromiumPath === undefined && !mustHaveChromium)('Chromium', () => {
  let browser: Browser | undefined
  let page: Page
  let server: ScenarioServer
  let report: RunReport | undefined

  beforeAll(async () => {
    server = await servePage()
    browser = await launchChromium()
    page = await browser.newPage()
    await page.exposeFunction('setOffline', (isOffline: boolean) => page.context().setOffline(isOffline))
    await page.goto(server.pageUrl)
    report = await page.evaluate((url) => (globalThis as unknown as Cases).runAll(url), server.controlUrl)
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server.close()
  })

  caseTests('chromium', () => report)

  test('the page shows one line for each case', async () => {
    const lines = await page.locator('li').allTextContents()
    expect(lines).toHaveLength(report?.results.length ?? -1)
    expect(lines.filter((line) => !line.startsWith('holds'))).toEqual([])
  })

  test('what Chromium sends again by itself', async () => {
    const sendAll = (probes: readonly Probe[]): Promise<void> =>
      page.evaluate((given) => (globalThis as unknown as Cases).sendAll(given), probes)
    expect(await probeResends(sendAll)).toEqual(RESENDS.Chromium)
  })
})
