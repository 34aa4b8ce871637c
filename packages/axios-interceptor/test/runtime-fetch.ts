import { createFaultServer, drip, text } from '@holdfast/fault-server'
import { failure, pause } from './support.ts'

const endless = drip(text('x'.repeat(100_000)), { chunkBytes: 1, everyMs: 10 })

/** Whether `fetch` itself closes the connection of a body that is aborted; that of Node 22.23 and 26.10 does not. */
export const fetchClosesAborted = async (): Promise<boolean> => {
  const server = await createFaultServer({ script: [endless] })
  const controller = new AbortController()
  const reading = failure((await fetch(server.url, { signal: controller.signal })).text())
  controller.abort()
  await reading
  await pause(500)
  const isClosed = server.connections.open === 0
  await server.close()
  return isClosed
}
