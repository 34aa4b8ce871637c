import { connect } from 'node:net'

/** What a plain TCP client saw of one exchange. */
export interface Exchange {
  readonly received: string
  /** `open`: nothing more happened until the client gave up. */
  readonly ending: 'end' | 'reset' | 'open'
}

/** Sends a request as written and gathers everything until the connection ends or `giveUpAfterMs` have passed. */
export function exchange(port: number, request: string, giveUpAfterMs = 400): Promise<Exchange> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    const settle = (ending: Exchange['ending']): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ received, ending })
    }
    const timer = setTimeout(() => {
      settle('open')
    }, giveUpAfterMs)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => (received += chunk))
    socket.on('end', () => {
      settle('end')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      settle(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'end')
    })
  })
}

export function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
}

export function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
