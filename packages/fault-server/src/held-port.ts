import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * Keeps a free port of 127.0.0.1 that nobody listens on, and resolves to what gives it back. The system would give the port
 * to the next server of any process; the local port of an outgoing connection it gives to nobody. Where another process
 * was faster nothing is kept.
 */
export async function holdPort(port: number): Promise<() => Promise<void>> {
  const accepted: Socket[] = []
  const server = createServer((socket) => void accepted.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: serverPort } = server.address() as AddressInfo
  const holder = connect({ port: serverPort, host: '127.0.0.1', localAddress: '127.0.0.1', localPort: port })
  await new Promise<void>((resolve) => {
    holder.once('connect', resolve).on('error', () => resolve())
  })
  return async () => {
    const closed = [
      new Promise((resolve) => server.close(resolve)),
      new Promise<void>((resolve) => (holder.closed ? resolve() : holder.once('close', () => resolve()))),
    ]
    // A reset leaves no TIME_WAIT on the port.
    for (const socket of [holder, ...accepted]) socket.resetAndDestroy()
    await Promise.all(closed)
  }
}
