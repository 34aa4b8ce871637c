import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import path from 'node:path'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { serverPlace, startService, type Service } from './service.ts'

// A server that is up greets first: packet length, sequence 0, protocol version 10.
const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('data', (chunk: Buffer) => {
      socket.destroy()
      resolve(chunk[4] === 10)
    })
    for (const event of ['error', 'end'] as const) {
      socket.once(event, () => {
        resolve(false)
      })
    }
  })

/**
 * Starts MariaDB in a folder of its own under the system's temporary one; user `root` without a password, database `test`.
 * Written data is not synced to the disk.
 *
 * @param settings - Further settings, such as `{ max_connections: '5' }`.
 * @throws {Error} When it is not installed or does not start.
 */
export const startMariadb = async (settings: Readonly<Record<string, string>> = {}): Promise<Service> => {
  const install = findProgram('mariadb-install-db')
  const program = findProgram('mariadbd')
  if (install === undefined || program === undefined) throw new Error('MariaDB is not installed.')
  // It refuses to run as root; Debian's package brings this user.
  const place = serverPlace('mariadb', 'mysql')
  const data = path.join(place.cwd, 'data')
  // The machine's own settings are for its own server.
  const own = ['--no-defaults', `--datadir=${data}`]
  // "normal" lets root in over TCP, where "socket" would ask the system who connects.
  const init = [...own, '--auth-root-authentication-method=normal', '--skip-name-resolve', '--skip-log-bin']
  execFileSync(install, init, { ...place, stdio: 'pipe' })
  const port = await freePort()
  const all = {
    port: String(port),
    'bind-address': '127.0.0.1',
    socket: path.join(place.cwd, 'socket'),
    'pid-file': path.join(place.cwd, 'pid'),
    'innodb-flush-log-at-trx-commit': '0',
    'innodb-buffer-pool-size': '16M',
    'performance-schema': 'OFF',
    'skip-name-resolve': 'ON',
    ...settings,
  }
  const args = [...own, ...Object.entries(all).map(([name, value]) => `--${name}=${value}`)]
  const url = `mysql://root@127.0.0.1:${port}/test`
  return startService({ program, args, place, port, url, isReady: () => greets(port), endSignal: 'SIGTERM' })
}
