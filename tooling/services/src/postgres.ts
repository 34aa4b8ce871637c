import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import path from 'node:path'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { serverPlace, startService, type Service } from './service.ts'

// The startup message of protocol 3.0: length, version, pairs of names and values, end.
const startupMessage = (): Buffer => {
  const body = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length + 4)
  return Buffer.concat([length, body])
}

/** Whether a login succeeds: a server that is starting up accepts connections already. */
const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(startupMessage()))
    socket.once('data', (chunk: Buffer) => {
      socket.destroy()
      // "R" asks for or grants authentication, "E" is an error.
      resolve(chunk.toString('latin1', 0, 1) === 'R')
    })
    for (const event of ['error', 'end'] as const) {
      socket.once(event, () => {
        resolve(false)
      })
    }
  })

/**
 * Starts PostgreSQL in a folder of its own under the system's temporary one; user `postgres`, no password, database
 * `postgres`. Written data is not synced to the disk.
 *
 * @param settings - Further settings, such as `{ max_connections: '5' }`.
 * @throws {Error} When it is not installed or does not start.
 */
export const startPostgres = async (settings: Readonly<Record<string, string>> = {}): Promise<Service> => {
  const initdb = findProgram('initdb')
  const program = findProgram('postgres')
  if (initdb === undefined || program === undefined) throw new Error('PostgreSQL is not installed.')
  // It refuses to run as root; Debian's package brings this user.
  const place = serverPlace('postgres', 'postgres')
  const data = path.join(place.cwd, 'data')
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']
  execFileSync(initdb, init, { ...place, stdio: 'pipe' })
  const port = await freePort()
  const all = { fsync: 'off', listen_addresses: '127.0.0.1', unix_socket_directories: place.cwd, ...settings }
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  // A fast shutdown: clients are cut off.
  return startService({ program, args, place, port, url, isReady: () => accepts(port), endSignal: 'SIGINT' })
}
