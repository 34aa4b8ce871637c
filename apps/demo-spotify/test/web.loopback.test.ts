import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, launchChromium, mustHaveChromium, noChromium } from '@holdfast/test-services'
import type { Browser, Page } from 'playwright-core'
import { startDemo, type RunningDemo } from './running-demo.ts'

const isThere = chromiumPath !== undefined || mustHaveChromium
if (!isThere) console.warn(`SKIPPED: browser tests of the time machine. ${noChromium}`)

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1200, height: 900 } }
const shots = process.env['SCREENSHOTS']

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly html: string }[]
}

describe.skipIf(!isThere)('the pages in Chromium', () => {
  let demo: RunningDemo
  let browser: Browser
  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([startDemo(), launchChromium()])
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await demo.stop()
  })

  const open = async (path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
    const context = await browser.newContext({
      viewport: { width: 1200, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    })
    const page = await context.newPage()
    const foreign: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(demo.url) && !request.url().startsWith('data:')) foreign.push(request.url())
    })
    const broken: string[] = []
    page.on('pageerror', (error) => broken.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') broken.push(message.text())
    })
    await page.goto(`${demo.url}${path}`)
    if (!path.startsWith('/devtools')) await page.waitForSelector('body[data-ready]')
    expect(foreign).toEqual([])
    expect(broken).toEqual([])
    return page
  }

  const serious = async (page: Page): Promise<string[]> => {
    await page.evaluate(axe)
    const { violations } = await page.evaluate<{ violations: readonly Violation[] }>('axe.run()')
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
  }

  const shoot = async (page: Page, name: string): Promise<void> => {
    // What sticks to the top would cover the middle of a long picture.
    await page.evaluate('scrollTo(0, 0)')
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
  }

  test('time machine: every picture is filled, first paint within a second', async () => {
    const page = await open('/')
    const paint = await page.evaluate<number>(
      "performance.getEntriesByType('paint').find((entry) => entry.name === 'first-contentful-paint').startTime",
    )
    expect(paint).toBeLessThan(1_000)
    for (const chart of ['bump', 'novelty', 'clock']) {
      expect(await page.locator(`#${chart} svg path`).count(), chart).toBeGreaterThan(5)
    }
    expect(await page.locator('#covers li:visible').count()).toBe(12)
    await page.click('#all')
    expect(await page.locator('#covers li:visible').count()).toBe(50)
    await page.click('#all')
    expect(await page.locator('#calendar button').count()).toBe(36)
    expect(await page.locator('#calendar .missed').count()).toBe(1)
    expect(await page.locator('#calendar .partial').count()).toBeGreaterThanOrEqual(3)
    expect(await page.locator('#stories li').count()).toBeGreaterThan(3)
    const firstCover = page.locator('#covers img').first()
    expect(await firstCover.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
    await shoot(page, 'time-machine')
    expect(await serious(page)).toEqual([])
    await page.context().close()
  })

  test('the slider moves through the months by keyboard, and a hole tells its reason', async () => {
    const page = await open('/')
    const newest = await page.locator('#month').textContent()
    await page.locator('#slider').focus()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => page.locator('#month').textContent()).not.toBe(newest)
    await page.keyboard.press('Home')
    await expect.poll(() => page.locator('#overlap').textContent()).toContain('no month before')
    expect(await page.locator('#earlier').isDisabled()).toBe(true)
    await page.locator('#calendar .missed').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('#holes').textContent()).toContain('the time machine was not running in this month')
    await page.context().close()
  })

  test('a phone that is turned shows more months', async () => {
    const page = await open('/', { viewport: SIZES.phone })
    const months = (): Promise<number> => page.locator('#bump svg text', { hasText: /^\d{4}-\d\d$/ }).count()
    expect(await months()).toBeLessThan(6)
    await page.setViewportSize(SIZES.desktop)
    await expect.poll(months).toBeGreaterThan(6)
    await page.context().close()
  })

  test('playlist: preview, write, write again, undo', async () => {
    const page = await open('/playlist')
    expect(await page.locator('#preview li').count()).toBe(50)
    await page.click('#sync')
    await expect.poll(() => page.locator('#message').textContent()).toContain('is written and was read back')
    expect(await page.locator('#state').textContent()).toContain('holds what stands below')
    await shoot(page, 'playlist')
    expect(await serious(page)).toEqual([])
    await page.click('#undo')
    await expect.poll(() => page.locator('#message').textContent()).toBe('Undone.')
    await page.context().close()
  })

  test('a month with holes says why and what to do on the page, too', async () => {
    demo.simulator.arm('S18')
    // A month that has nothing yet.
    demo.machine.store.database.exec("DELETE FROM rank WHERE month = strftime('%Y-%m', 'now')")
    demo.machine.store.database.exec("DELETE FROM part WHERE month = strftime('%Y-%m', 'now')")
    const page = await open('/status')
    await page.click('#snapshot')
    await expect.poll(() => page.locator('#message').textContent()).toContain('has holes.')
    const [, why, todo] = ((await page.locator('#message').textContent()) ?? '').split('\n')
    expect(why).toContain('Why: tracks-short_term: 1 entry without a song (Spotify sent null)')
    expect(todo).toBe('What to do: Nothing: what came is kept, and the next run asks again for the rest.')
    demo.simulator.faults.clear()
    await page.context().close()
  })

  test('status: meters, doctor, log; a pause counts down', async () => {
    demo.machine.store.limits.write({ untilMs: Date.now() + 79_892_000, reason: 'rate-limit' })
    const page = await open('/status')
    expect(await page.locator('#pause').textContent()).toMatch(/^in 22:1\d:\d\d$/)
    expect(await page.locator('#consent').textContent()).toBe('182 days left')
    await page.click('#examine')
    await page.waitForSelector('#findings li')
    expect(await page.locator('#findings .failed').count()).toBe(1)
    expect(await page.locator('#findings .failed').textContent()).toContain('api access: failed')
    expect(await page.locator('#calls svg path').count()).toBeGreaterThan(5)
    await shoot(page, 'status')
    expect(await serious(page)).toEqual([])
    demo.machine.store.limits.clear()
    await page.click('#snapshot')
    await expect.poll(() => page.locator('#message').textContent()).toContain('complete')
    await expect.poll(() => page.locator('#log tbody tr').count()).toBeGreaterThan(0)
    await page.context().close()
  })

  test('consent is renewed with one press and comes back to the status page', async () => {
    const before = demo.machine.tokenStore.read()?.refreshToken
    const page = await open('/status')
    await page.click('#renew')
    await page.waitForURL(`${demo.url}/status`)
    expect(demo.machine.tokenStore.read()?.refreshToken).not.toBe(before)
    await page.context().close()
  })

  test.each(['/', '/playlist', '/status', '/devtools/'])(
    'on a phone and a desk, in the dark and in the light: %s',
    async (path) => {
      const page = await open(path, { viewport: SIZES.phone, colorScheme: 'dark', hasTouch: true })
      if (path === '/devtools/') await expect.poll(() => page.locator('body').textContent()).toContain('spotify')
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport)
        for (const colorScheme of ['dark', 'light'] as const) {
          await page.emulateMedia({ colorScheme })
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
          expect(overflow, `${size} ${colorScheme}`).toBeLessThanOrEqual(0)
          await shoot(page, `${path === '/' ? 'time-machine' : path.replaceAll('/', '')}-${size}-${colorScheme}`)
          // Colours and order are the same at every width.
          if (size === 'phone') expect(await serious(page), colorScheme).toEqual([])
        }
      }
      await page.context().close()
    },
  )

  test('another site can neither read nor change anything', async () => {
    const change = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${demo.url}/api/snapshot`, { method: 'POST', body: '{}', headers })
    expect((await change({ 'content-type': 'application/json', origin: 'http://evil.example' })).status).toBe(403)
    expect((await change({ 'content-type': 'text/plain', origin: demo.url })).status).toBe(403)
    const { request } = await import('node:http')
    const status = await new Promise((resolve) => {
      request(`${demo.url}/api/months`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(403)
  })
})
