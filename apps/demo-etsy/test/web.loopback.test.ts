import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromiumPath, launchChromium, mustHaveChromium, noChromium } from '@holdfast/test-services'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readSettings } from '../src/web/settings.ts'
import { startWeb, type Web } from '../src/web/start-web.ts'

if (chromiumPath === undefined) console.warn(`web tests SKIPPED: ${noChromium}`)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env['DEMO_ETSY_SCREENSHOTS']

let browser: Browser
let web: Web
let page: Page
const complaints: string[] = []

async function openPage(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const opened = await browser.newPage(options)
  opened.on('console', (message) => {
    // A 422 is the answer to a form that must be corrected.
    if (message.type() === 'error' && !message.text().includes('422')) complaints.push(message.text())
  })
  opened.on('pageerror', (error) => complaints.push(String(error)))
  opened.on('request', (request) => {
    const { origin } = new URL(request.url())
    if (![web.url, web.simulator?.url].includes(origin)) complaints.push(`request to ${origin}`)
  })
  return opened
}

async function look(name: string, of: Page = page): Promise<void> {
  await of.evaluate(axe)
  const result = await of.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())
  const serious = result.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
  if (shots === undefined) return
  mkdirSync(shots, { recursive: true })
  await of.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}

async function connect(): Promise<void> {
  await page.goto(web.url)
  await page.getByRole('link', { name: 'Connect to Etsy' }).click()
  await page.getByRole('button', { name: 'Allow access' }).click()
  await page.getByText('The shop is connected.').waitFor()
}

async function fill(title: string, reference: string): Promise<void> {
  await page.getByLabel('Your reference (SKU)').fill(reference)
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Description').fill('Stoneware.')
  await page.getByLabel('Tags, with commas between').fill('mug, blue')
}

describe.skipIf(chromiumPath === undefined && !mustHaveChromium)('the web app in Chromium', () => {
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    complaints.length = 0
    web = await startWeb(readSettings({ PORT: '0' }), {
      settleMs: 200,
      verifyEveryMs: 10,
      policy: { perSecond: 200, attemptMs: 500 },
      runner: { retryMs: 50, maxAttempts: 20 },
    })
    page = await openPage()
  })
  afterEach(async () => {
    await page.close()
    await web.close()
    expect(complaints).toEqual([])
  })

  test('connect, plan, correct, publish, ship, and see it in quota and audit log', async () => {
    await page.goto(web.url)
    await look('shop-unconnected')
    await connect()
    await fill('100% <mug>', 'SKU-1')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('Please correct one thing').waitFor()
    await look('shop-form-issues')
    await fill('Blue mug', 'SKU-1')
    await page.getByRole('button', { name: 'Only plan' }).click()
    await page.getByText('Nothing was sent.').waitFor()
    expect(web.simulator?.journal.count('listing-created')).toBe(0)
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('The listing is on its way.').waitFor()
    await expect.poll(() => web.app.jobs.job('publish-SKU-1')?.state, { timeout: 5_000 }).toBe('done')
    await page.getByRole('button', { name: 'Look for orders now' }).click()
    await page.getByRole('button', { name: 'Ship 700001' }).click()
    await expect.poll(() => web.simulator?.store.emails().get(700_001), { timeout: 5_000 }).toBe(1)
    await page.goto(web.url)
    await page
      .getByRole('row', { name: /Blue mug/ })
      .getByText('done')
      .waitFor()
    await look('shop')
    await page.getByRole('link', { name: 'Quota weather' }).click()
    await page.locator('.chart canvas').waitFor()
    await page.getByText('The numbers').click()
    const numbers = await page.getByRole('region', { name: 'Numbers of calls' }).locator('td.number').allInnerTexts()
    // The exchange of the code is a call of its own, which the quota does not count.
    const shown = numbers.reduce((sum, text) => sum + Number(text), 0)
    expect(shown).toBe((web.simulator?.journal.count('call') ?? 0) - 1)
    await look('quota')
    await page.getByRole('link', { name: 'Live policies' }).click()
    await page.getByRole('heading', { name: 'etsy' }).first().waitFor()
  })

  test('a dead letter is replayed from the page', async () => {
    await connect()
    web.simulator?.inject({ id: 'E12', operations: ['createDraftListing'] })
    await fill('Refused mug', 'SKU-9')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await expect.poll(() => web.app.jobs.job('publish-SKU-9')?.state, { timeout: 5_000 }).toBe('parked')
    await page.goto(web.url)
    await page.getByText('contains invalid characters').first().waitFor()
    await look('shop-dead-letter')
    await page.getByRole('button', { name: /Replay/ }).click()
    await page.getByText('The job runs again from where it stopped').waitFor()
    await expect.poll(() => web.app.jobs.job('publish-SKU-9')?.state, { timeout: 10_000 }).toBe('done')
  })

  test('a listing without a processing profile gets one that the seller chooses', async () => {
    await connect()
    web.simulator?.inject({ id: 'E13' })
    await fill('Mug without profile', 'SKU-10')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await expect.poll(() => web.app.jobs.job('publish-SKU-10')?.state, { timeout: 10_000 }).toBe('parked')
    await page.goto(web.url)
    await page.getByLabel('Processing profile').selectOption({ index: 0 })
    await look('shop-profile-choice')
    await page.getByRole('button', { name: /Replay/ }).click()
    await expect.poll(() => web.app.jobs.job('publish-SKU-10')?.state, { timeout: 10_000 }).toBe('done')
  })

  test('a pause is shown with its end and for whom, and ended by a button', async () => {
    await connect()
    web.app.jobs.pause('what is left of the day is kept for orders', Date.now() + 30 * 3_600_000, 'background')
    await page.goto(`${web.url}/quota`)
    await page.getByText('No background calls now').waitFor()
    await look('quota-held')
    await page.goto(web.url)
    await page.getByText('Background work is held: what is left of the day is kept for orders, until').waitFor()
    await look('shop-held')
    await page.getByRole('button', { name: 'Go on now' }).click()
    await page.getByText('Jobs go on.').waitFor()
    expect(web.app.jobs.pauses()).toEqual([])
  })

  test('the fault lab: a day of work under lost answers ends with nothing twice', async () => {
    await connect()
    await page.getByRole('link', { name: 'Fault lab' }).click()
    for (const id of ['E15', 'E16', 'E17']) await page.locator(`input[value="${id}"]`).check()
    await page.getByLabel('Chance of each request, percent').fill('40')
    await page.getByRole('button', { name: "Inject, and do a day's work" }).click()
    const done = (kind: string) => web.app.jobs.jobs({ kind, state: 'done' }).length
    await expect.poll(() => [done('publish'), done('ship'), done('seo')], { timeout: 20_000 }).toEqual([10, 15, 10])
    await page.goto(`${web.url}/lab`)
    const figure = (name: string) => page.locator('.figures div', { hasText: name }).locator('dd').innerText()
    expect([
      await figure('Listings meant'),
      await figure('Listings created'),
      await figure('Most e-mails for one order'),
    ]).toEqual(['10', '10', '1'])
    await look('lab')
  })

  test('the fault lab runs a side-by-side day and exports it', { timeout: 60_000 }, async () => {
    await page.goto(`${web.url}/lab`)
    await page.locator('select[name="scenario"]').selectOption('calm')
    await page.getByRole('button', { name: 'Run the day' }).click()
    await page.getByText('is running with all three clients').waitFor()
    await page.getByText('Promises of Holdfast').waitFor({ timeout: 50_000 })
    await look('lab-day')
    const report = await page.request.get(`${web.url}/lab/report.json`)
    expect(await report.json()).toMatchObject({ scenario: 'calm', runs: [{}, {}, {}] })
  })

  test('on a phone, in the dark, nothing is cut off', async () => {
    await page.close()
    page = await openPage({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
    await connect()
    for (const [path, name] of [
      ['/', 'shop'],
      ['/quota', 'quota'],
      ['/lab', 'lab'],
    ] as const) {
      await page.goto(`${web.url}${path}`)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(width, name).toBeLessThanOrEqual(360)
      await look(`phone-dark-${name}`)
    }
  })

  test('by keyboard alone: skip link, form, publish', async () => {
    await connect()
    await page.goto(web.url)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
    await page.keyboard.press('Enter')
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name') ?? '')
    for (let presses = 0; presses < 20 && (await focused()) !== 'reference'; presses += 1)
      await page.keyboard.press('Tab')
    for (const text of ['SKU-K', 'Keyed mug', 'Stoneware.']) {
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page.getByText('The listing is on its way.').waitFor()
    await expect.poll(() => web.app.jobs.job('publish-SKU-K')?.state, { timeout: 5_000 }).toBe('done')
  })
})
