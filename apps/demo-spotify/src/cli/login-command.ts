import { createServer } from 'node:http'
import { ConflictError, toServiceError } from '@holdfast/core/service-errors'
import { explain } from '../messages/explain.ts'
import { ConsentFlow } from '../oauth/index.ts'
import { withMachine, type Terminal } from './context.ts'
import { EXIT } from './exit-codes.ts'

const LONGEST_MS = 10 * 60_000

/** Waits at the redirect address for the person to come back from Spotify. */
const waitForReturn = (redirectUri: string, finish: (query: URLSearchParams) => Promise<void>): Promise<void> => {
  const { port, hostname, pathname } = new URL(redirectUri)
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', redirectUri)
      if (url.pathname !== pathname) {
        response.writeHead(404).end()
        return
      }
      const end = (text: string, settle: () => void): void => {
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(text)
        clearTimeout(timer)
        server.close()
        settle()
      }
      finish(url.searchParams).then(
        () => end('Done. You can close this page.', resolve),
        (error: unknown) =>
          end(explain(error).what, () => reject(toServiceError(error, { upstream: 'spotify', operation: 'login' }))),
      )
    })
    const timer = setTimeout(() => {
      server.close()
      reject(new ConflictError({ upstream: 'spotify', operation: 'login', details: { consent: 'refused' } }))
    }, LONGEST_MS)
    server.once('error', reject)
    server.listen(Number(port), hostname.replaceAll(/[[\]]/g, ''))
  })
}

/** Asks for consent in the browser. */
export const loginCommand = (terminal: Terminal): Promise<number> =>
  withMachine(terminal, 'login', async ({ machine, settings }) => {
    const { clientId = '', accountsBase, redirectUri } = settings
    const authorizeUrl = `${accountsBase}/authorize`
    const flow = new ConsentFlow({ authorizeUrl, clientId, redirectUri }, machine.tokens)
    const returned = waitForReturn(redirectUri, (query) => flow.finish(query))
    terminal.out(`Open this address in your browser and agree:\n\n  ${flow.begin()}\n`)
    await returned
    terminal.out(`Thank you. The consent holds for ${machine.tokens.consent()?.daysLeft ?? 0} days.`)
    return EXIT.done
  })
