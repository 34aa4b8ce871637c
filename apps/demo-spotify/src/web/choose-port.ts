import { createServer, type AddressInfo } from 'node:net'

const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const { port: found } = server.address() as AddressInfo
      server.close(() => resolve(found))
    })
  })

/** The port, or a free one when it is taken. */
export const choosePort = async (port: number): Promise<number> => (await tryPort(port)) ?? (await tryPort(0)) ?? port
