import type { Policy } from '@holdfast/core'
import type { SwitchProvider } from '@holdfast/core/degradation'
import type { Monitor } from '@holdfast/core/monitor'
import { devtools } from '@holdfast/devtools'

const QUIET_MS = 400

/** Opens the live page, makes `calls` while it is open, and gives the page and everything it was sent. */
export const openPage = async (
  policy: Policy,
  monitor: Monitor,
  killSwitches: SwitchProvider,
  calls: () => Promise<void>,
): Promise<{ readonly page: string; readonly sent: string }> => {
  const handler = devtools({ policies: [policy], monitor, killSwitches, path: '/' })
  const get = (path: string): Promise<Response> =>
    handler(new Request(`http://127.0.0.1${path}`), { remoteAddress: '127.0.0.1' })
  const page = await (await get('/')).text()
  const events = await get('/events')
  let sent = ''
  const reading = events.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (text) => void (sent += text) }))
    .catch(() => undefined)
  await calls()
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  handler.close()
  await reading
  return { page, sent }
}
