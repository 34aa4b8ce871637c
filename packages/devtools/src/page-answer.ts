import { readPage } from './page-files.ts'

interface Page {
  readonly html: string
  readonly policy: string
}

const hashOf = async (text: string): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`
}

const assemble = async (): Promise<Page> => {
  const { markup, style, script } = readPage()
  // A text that ended its own element would not be what was hashed.
  const code = script.trim().replaceAll('</script', '<\\/script')
  const css = style.trim()
  // Functions, because `$&` and the like in a replacement text have a meaning.
  const html = markup
    .replace('<style></style>', () => `<style>${css}</style>`)
    .replace('<script></script>', () => `<script>${code}</script>`)
  const policy = [
    "default-src 'none'",
    `script-src ${await hashOf(code)}`,
    `style-src ${await hashOf(css)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  return { html, policy }
}

let assembled: Promise<Page> | undefined

/** Headers of every answer: nothing is kept, framed, sniffed or read by other sites. */
export const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** The page: one file that asks nobody for anything but this server for its events. */
export const pageAnswer = async (): Promise<Response> => {
  const { html, policy } = await (assembled ??= assemble())
  return new Response(html, {
    headers: { ...SAFE_HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
  })
}
