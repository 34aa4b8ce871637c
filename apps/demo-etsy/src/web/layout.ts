import { html, raw } from 'hono/html'

/** Markup that is safe to put into a page. */
export type Markup = ReturnType<typeof html>

const pages = [
  ['/', 'Shop'],
  ['/quota', 'Quota weather'],
  ['/lab', 'Fault lab'],
  ['/devtools', 'Live policies'],
] as const

/** A whole page. `notice` is said once, after an action. */
export function layout(title: string, path: string, body: Markup, notice?: string): Markup {
  const links = pages.map(
    ([href, name]) => html`<li><a href="${href}" ${raw(href === path ? 'aria-current="page"' : '')}>${name}</a></li>`,
  )
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} - Harbour Stoneware</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/uplot.css" />
        <link rel="stylesheet" href="/assets/style.css" />
        <script src="/assets/uplot.js" defer></script>
        <script src="/assets/app.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header>
          <p class="brand">Harbour Stoneware</p>
          <nav aria-label="Pages">
            <ul>
              ${links}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">
          <h1>${title}</h1>
          ${notice === undefined ? '' : html`<p class="notice" role="status">${notice}</p>`} ${body}
        </main>
        <footer>
          <p>
            The term 'Etsy' is a trademark of Etsy, Inc. This application uses the Etsy API but is not endorsed or
            certified by Etsy, Inc.
          </p>
        </footer>
      </body>
    </html>`
}

/** A time with its machine-readable form; of another day with its date. */
export function timeOf(atMs: number): Markup {
  const iso = new Date(atMs).toISOString()
  const isToday = iso.slice(0, 10) === new Date().toISOString().slice(0, 10)
  return html`<time datetime="${iso}"
    >${isToday ? iso.slice(11, 19) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`}</time
  >`
}
