import { existsSync } from 'node:fs'
import process from 'node:process'
import { chromium, type Browser } from 'playwright-core'

const given = process.env['CHROMIUM_PATH']
const PATHS =
  given === undefined ? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] : [given]

const QUIET = [
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Where a Chromium is installed; undefined without one. */
export const chromiumPath = PATHS.find((path) => existsSync(path))

/** A missing Chromium is a failure where `CI` is set and a loud skip elsewhere. */
export const mustHaveChromium = process.env['CI'] !== undefined && process.env['CI'] !== ''

export const noChromium =
  'Chromium was not found. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH to its executable.'

export const launchChromium = (): Promise<Browser> => {
  if (chromiumPath === undefined) throw new Error(noChromium)
  // Its sandbox does not start for root.
  const isRoot = process.getuid?.() === 0
  return chromium.launch({ executablePath: chromiumPath, args: isRoot ? [...QUIET, '--no-sandbox'] : QUIET })
}
