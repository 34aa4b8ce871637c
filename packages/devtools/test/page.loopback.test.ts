import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chromiumPath, launchChromium, mustHaveChromium, noChromium } from '@holdfast/test-services'
import { openShop, TOKEN, type Shop } from './shop.ts'

if (chromiumPath === undefined && !mustHaveChromium) console.warn(`\nSKIPPED: every test of the page. ${noChromium}\n`)

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const screenshots = fileURLToPath(new URL('../coverage/', import.meta.url))

describe.skipIf(chromiumPath === undefined && !mustHaveChromium)('the page in Chromium', { timeout: 120_000 }, () => {
  let browser: Browser
  let shop: Shop
  let complaints: string[]
  let asked: string[]

  const openPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options })
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(shop.pageUrl)
    await page.locator('#connection[data-state=live]').waitFor()
    return page
  }

  beforeAll(async () => {
    browser = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
  })
  beforeEach(async () => {
    shop = await openShop()
    complaints = []
    asked = []
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await shop.close()
    expect(complaints).toEqual([])
    // Nobody is asked but the server the page came from.
    expect(asked.filter((url) => !url.startsWith(new URL(shop.pageUrl).origin) && !url.startsWith('data:'))).toEqual([])
  })

  test('a change of state is seen within a second at 1,000 calls a second', { retry: 2 }, async () => {
    const { tips } = shop.policies
    const page = await openPage()
    await tips.execute(() => 1)
    const stop = shop.load(1_000)
    const card = page.locator('.card', { hasText: tips.name })
    await card.waitFor()
    await card.evaluate((element) => {
      const seen: [string, number][] = []
      new MutationObserver(() => {
        const state = element.getAttribute('data-state') ?? ''
        if (seen.at(-1)?.[0] !== state) seen.push([state, Date.now()])
      }).observe(element, { attributes: true })
      Object.assign(globalThis, { seen })
    })
    const made: [string, number][] = []
    for (let change = 0; change < 8; change += 1) {
      // Not in step with the beat of the stream.
      await page.waitForTimeout(600 + change * 37)
      if (change % 2 === 0) tips.forceOpen('drill')
      else tips.reset()
      made.push([change % 2 === 0 ? 'forced-open' : 'closed', Date.now()])
    }
    await page.waitForTimeout(1_000)
    const perSecond = await stop()
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: [string, number][] }).seen)
    expect(seen.map(([state]) => state)).toEqual(made.map(([state]) => state))
    const delays = made.map(([, atMs], index) => (seen[index]?.[1] ?? Infinity) - atMs)
    console.log(`${perSecond.toFixed(0)} calls/s; a change was seen after ${delays.join(', ')} ms`)
    expect(perSecond).toBeGreaterThan(900)
    expect(Math.max(...delays)).toBeLessThan(1_000)
  })

  test('breakers, gauges, calls with their explanation, errors, services and the timeline are shown', async () => {
    const page = await openPage()
    await shop.trouble()
    let finish = (): void => undefined
    const slow = shop.policies.catalog.execute(() => new Promise<void>((resolve) => (finish = resolve)))
    const { catalog, payments, tips } = shop.policies
    const origin = shop.upstream.url
    const card = page.locator('.card', { hasText: catalog.name }).filter({ hasText: origin })
    await card.getByRole('meter', { name: 'Quota shop' }).waitFor()
    expect(await card.getByRole('meter', { name: 'Retry budget' }).getAttribute('aria-valuetext')).toMatch(
      /^\d+ of 100$/,
    )
    expect(await card.getByRole('meter', { name: 'Daily quota' }).count()).toBe(1)
    await page.locator('#in-flight', { hasText: `CALL ${catalog.name}` }).waitFor()
    finish()
    await slow
    await page.getByText('Failed or retried').click()
    const retried = page.locator('#ended details', { hasText: 'ok, 2 tries' })
    await retried.locator('summary').click()
    expect(await retried.locator('pre').textContent()).toMatch(
      /attempt 1: http-503 with status 503[\s\S]*attempt 2 scheduled[\s\S]*attempt 2: success with status 200/,
    )
    await page.locator('#ended', { hasText: 'circuit-open' }).waitFor()
    await page.locator('#errors', { hasText: payments.name }).waitFor()
    await page.locator('#services', { hasText: 'degraded' }).waitFor()
    await page.locator('#timeline', { hasText: `${tips.name}: closed → forced-open (manual: maintenance)` }).waitFor()
    // The monitor draws its conclusions once a second, when something happens.
    await page.waitForTimeout(1_100)
    await shop.trouble()
    await page.locator('#alerts', { hasText: `${payments.name}: ` }).waitFor()
    await page.locator('#policies', { hasText: 'adaptiveThrottle' }).waitFor()
  })

  test('an operator forces a breaker open and resets it by keyboard alone', async () => {
    const { tips } = shop.policies
    await tips.execute(() => 1)
    const page = await openPage()
    const card = page.locator('.card', { hasText: tips.name })
    await card.getByRole('button', { name: /^Force open/ }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('wrong-token-of-some-length')
    await page.keyboard.press('Enter')
    await page.locator('#dialog-title', { hasText: 'Force the breaker open' }).waitFor()
    await page.keyboard.type('drill')
    await page.keyboard.press('Enter')
    await page.locator('#dialog-error', { hasText: 'not the token' }).waitFor()
    // The refused answer is an error to the browser's console, and to nobody else.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')])
    expect(tips.health().keys[tips.name]?.['circuitBreaker']?.['state']).toBe('closed')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.keyboard.type(TOKEN)
    await page.keyboard.press('Enter')
    await page.locator('#dialog-title', { hasText: 'Force the breaker open' }).waitFor()
    await page.keyboard.type('drill')
    await page.keyboard.press('Enter')
    await page.locator('.card[data-state=forced-open]').waitFor()
    expect(tips.health().keys[tips.name]?.['circuitBreaker']).toMatchObject({ state: 'forced-open', note: 'drill' })
    await card.getByRole('button', { name: /^Reset/ }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.locator('.card[data-state=closed]').waitFor()
    expect(shop.actions.map(({ action, reason }) => [action, reason])).toEqual([
      ['force-open', 'drill'],
      ['reset', undefined],
    ])
  })

  test('the keyboard reaches the content, filters, pauses and opens a call', async () => {
    const page = await openPage()
    await shop.trouble()
    await page.locator('#ended summary').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the breakers')
    await page.keyboard.press('/')
    await page.keyboard.type(shop.policies.payments.name)
    await expect.poll(() => page.locator('.card').count()).toBe(1)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.card').count()).toBeGreaterThan(2)
    await page.locator('#ended summary').first().focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('#ended details[open] pre').textContent()).toContain('by policy')
    await page.keyboard.press('p')
    await page.locator('#connection', { hasText: 'paused' }).waitFor()
    await page.keyboard.press('p')
    await page.locator('#connection[data-state=live]').waitFor()
  })

  test('a page of another origin can neither act nor read', async () => {
    await openPage()
    const other = await openShop()
    const page = await browser.newPage()
    const { tips } = shop.policies
    await page.goto(other.pageUrl)
    const tried = await page.evaluate(
      async ({ url, token, policy }) => {
        const body = JSON.stringify({ action: 'force-open', policy, reason: 'attack' })
        const attempt = async (init: RequestInit): Promise<string> => {
          try {
            return String((await fetch(url, init)).status)
          } catch (error) {
            return error instanceof TypeError ? 'blocked' : String(error)
          }
        }
        return [
          await attempt({
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-holdfast-token': token },
            body,
          }),
          await attempt({ method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body }),
        ]
      },
      { url: `${shop.pageUrl}actions`, token: TOKEN, policy: tips.name },
    )
    expect(tried).toEqual(['blocked', 'blocked'])
    await page.close()
    // A page without our content policy, whose browser sends what forms can send and shows it no answer.
    const bare = await browser.newPage()
    await bare.goto(`${other.upstream.url}/items`)
    const answers: string[] = []
    shop.server.on('request', ({ method, url }, response) => {
      response.on('finish', () => answers.push(`${method ?? ''} ${url ?? ''} ${response.statusCode}`))
    })
    await bare.evaluate(
      async ({ url, body }) => {
        const headers = { 'content-type': 'text/plain' }
        await fetch(url, { method: 'POST', mode: 'no-cors', headers, body }).catch(() => undefined)
        await fetch(url, { mode: 'no-cors' }).catch(() => undefined)
        await fetch(url.replace('actions', 'events'), { mode: 'no-cors' }).catch(() => undefined)
      },
      {
        url: `${shop.pageUrl}actions`,
        body: JSON.stringify({ action: 'force-open', policy: tips.name, reason: 'attack' }),
      },
    )
    await bare.close()
    expect(answers).toEqual(['POST /devtools/actions 403', 'GET /devtools/actions 405', 'GET /devtools/events 403'])
    expect(shop.actions).toEqual([])
    await other.close()
  })

  test.each([
    ['desktop', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
    ['desktop-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
    ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true }],
    ['phone-dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true }],
  ] as const)('axe finds nothing serious, and nothing overflows: %s', async (name, options) => {
    const page = await openPage(options)
    await shop.trouble()
    // Enough for lists that scroll.
    for (let drill = 0; drill < 30; drill += 1) {
      shop.policies.tips.forceOpen('drill')
      shop.policies.tips.reset()
    }
    shop.policies.tips.forceOpen('drill')
    shop.switches.kill('search', 'maintenance')
    await page.locator('.card[data-state=forced-open]').first().waitFor()
    await page.locator('#ended summary').first().click()
    await page.locator('#errors summary').first().click()
    await page.locator('#services', { hasText: 'search' }).waitFor()
    mkdirSync(screenshots, { recursive: true })
    await page.screenshot({ path: `${screenshots}devtools-${name}.png`, fullPage: true })
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(options.viewport.width)
    // Through the protocol, because the page's own policy lets no further script in.
    await page.evaluate(axe)
    const findings = async (): Promise<string[]> => {
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      )
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
        .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`))
    }
    expect(await findings()).toEqual([])
    await page.getByRole('button', { name: /^Unlock/ }).click()
    await page.locator('dialog[open]').waitFor()
    expect(await findings()).toEqual([])
  })
})
