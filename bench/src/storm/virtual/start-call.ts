import type { CallLog } from '../call-log.ts'
import type { Client } from '../client.ts'

/** What answers the requests of a simulated run. */
export interface Server {
  handle(): Promise<void>
}

/** Lets a client make one call, and the log see its requests and its success. */
export const startCall = (client: Client, server: Server, log: CallLog): void => {
  const call = log.begin()
  const send = (): Promise<void> => {
    call.sent()
    return server.handle()
  }
  client.call(send).then(
    () => {
      call.succeeded()
    },
    () => undefined,
  )
}
