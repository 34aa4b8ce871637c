import type { Socket } from 'node:net'
import type { ConnectionEnding } from './answer.ts'

/** Connection counters since the server was made. */
export interface ConnectionCounts {
  /** Open now. */
  readonly open: number
  /** Accepted since the start. */
  readonly total: number
  /** Most that were open at one time. */
  readonly peak: number
}

/** Numbers the connections of a server and ends them all on request. */
export interface Connections {
  readonly counts: ConnectionCounts
  /** Takes part from now on; with `keepsBytes`, all that it receives is kept. */
  add(socket: Socket, keepsBytes: boolean): void
  idOf(socket: Socket): number
  /** What each connection has received so far, in the order of their ids. */
  received(): readonly Uint8Array[]
  closeAll(ending: ConnectionEnding): void
}

/** An empty register of connections. */
export function createConnections(): Connections {
  const ids = new WeakMap<Socket, number>()
  const open = new Set<Socket>()
  const received = new Map<number, Uint8Array[]>()
  let total = 0
  let peak = 0
  const keepBytes = (socket: Socket, id: number): void => {
    const chunks: Uint8Array[] = []
    received.set(id, chunks)
    socket.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  }
  return {
    get counts() {
      return { open: open.size, total, peak }
    },
    add(socket, keepsBytes) {
      total += 1
      if (keepsBytes) keepBytes(socket, total)
      ids.set(socket, total)
      open.add(socket)
      peak = Math.max(peak, open.size)
      socket.once('close', () => open.delete(socket))
      // A reset by the client is expected here and shows in the journal as `clientLeft`.
      socket.on('error', () => undefined)
    },
    idOf(socket) {
      return ids.get(socket) ?? 0
    },
    received() {
      return [...received.values()].map((chunks) => Buffer.concat(chunks))
    },
    closeAll(ending) {
      for (const socket of open) {
        if (ending === 'reset') socket.resetAndDestroy()
        else socket.destroy()
      }
    },
  }
}
