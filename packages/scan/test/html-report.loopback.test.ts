import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromiumPath, launchChromium, mustHaveChromium, noChromium } from '@holdfast/test-services'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { coverageCommand } from '../src/commands/coverage.ts'
import { projectWith, recordedPort } from './project-folder.ts'

const isPossible = chromiumPath !== undefined || mustHaveChromium
if (!isPossible) console.warn(noChromium)

const hostile = `export const load = () => fetch('https://a.example/</script><img src=x onerror=document.title=1>')\n`
const checked = `export async function other() {\n  const response = await fetch('https://b.example/x', { signal: AbortSignal.timeout(100) })\n  if (!response.ok) throw new Error('x')\n  return response.json()\n}\n`

let browser: Browser
beforeAll(async () => {
  if (isPossible) browser = await launchChromium()
}, 120_000)
afterAll(async () => {
  if (isPossible) await browser.close()
})

async function open(
  width: number,
  colorScheme: 'light' | 'dark',
): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
  const folder = projectWith({ 'src/hostile.ts': hostile, 'src/checked.ts': checked })
  const html = path.join(folder, 'report.html')
  const port = recordedPort()
  await coverageCommand({ folder, html, trend: 'trend.csv', cache: false }, port)
  await coverageCommand({ folder, html, trend: 'trend.csv', cache: false }, port)
  const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme })
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(pathToFileURL(html).href)
  return { page, requests, complaints }
}

it.runIf(isPossible)('is sorted and read by keyboard, loads nothing, and runs nothing of the sources', async () => {
  const { page, requests, complaints } = await open(1280, 'light')
  const hosts = (): Promise<string[]> => page.locator('#by-host + .scroll tbody th').allTextContents()
  const before = await hosts()
  const head = page.locator('#by-host + .scroll thead button').first()
  await head.focus()
  await page.keyboard.press('Enter')
  expect(await hosts()).toEqual([...before].sort())
  await page.keyboard.press('Enter')
  expect(await hosts()).toEqual([...before].sort().reverse())
  expect(await page.locator('th[aria-sort]').count()).toBe(1)

  await page.locator('#by-file + .scroll a', { hasText: 'checked' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('details[open] pre').waitFor()
  expect(await page.locator('details[open] pre .fair').allTextContents()).toEqual([checked.split('\n')[1]])
  expect(await page.locator('.cards svg').count()).toBe(6)
  expect(await page.title()).toContain('External-call coverage')
  expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([])
  expect(requests).toHaveLength(1)
  expect(complaints).toEqual([])
})

it.runIf(isPossible).each([
  [1280, 'light'],
  [390, 'dark'],
] as const)('has no barriers at %i px, %s, and no sideways scrolling', async (width, scheme) => {
  const { page } = await open(width, scheme)
  await page.locator('summary').first().click()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  const results = await page.evaluate<{ violations: { id: string }[] }>(`${axe.source}; axe.run()`)
  expect(results.violations.map(({ id }) => id)).toEqual([])
})
