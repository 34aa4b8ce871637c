import { connect } from 'node:net'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { serverPlace, startService, type Service } from './service.ts'

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'))
    socket.once('data', (chunk: Buffer) => {
      socket.destroy()
      resolve(chunk.toString().startsWith('+PONG'))
    })
    socket.once('error', () => {
      resolve(false)
    })
  })

/**
 * Starts Redis, or Valkey where that is installed, in a folder of its own under the system's temporary one.
 *
 * @param settings - Further settings, such as `{ appendonly: 'yes' }`; nothing is written to the disk by default.
 * @throws {Error} When it is not installed or does not start.
 */
export const startRedis = async (settings: Readonly<Record<string, string>> = {}): Promise<Service> => {
  const program = findProgram('redis-server') ?? findProgram('valkey-server')
  if (program === undefined) throw new Error('Redis is not installed.')
  const place = serverPlace('redis')
  const port = await freePort()
  const all = { port: String(port), bind: '127.0.0.1', dir: place.cwd, save: '', appendonly: 'no', ...settings }
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
  const url = `redis://127.0.0.1:${port}`
  return startService({ program, args, place, port, url, isReady: () => answers(port), endSignal: 'SIGTERM' })
}
