import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A port of 127.0.0.1 that refuses every connection until it is released. */
export interface RefusedPort {
  readonly port: number
  release(): Promise<void>
}

/**
 * Keeps a port that nobody listens on.
 *
 * A port that was only closed may be given to the next server of any process. The system gives the local port of an
 * outgoing connection to nobody else, and nobody listens there.
 */
export const holdRefusedPort = async (): Promise<RefusedPort> => {
  const accepted: Socket[] = []
  const server = createServer((socket) => void accepted.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: serverPort } = server.address() as AddressInfo
  const holder = connect(serverPort, '127.0.0.1')
  await new Promise((resolve, reject) => holder.once('connect', resolve).once('error', reject))
  return {
    port: holder.localPort as number,
    async release() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of [holder, ...accepted]) socket.destroy()
      await closed
    },
  }
}
