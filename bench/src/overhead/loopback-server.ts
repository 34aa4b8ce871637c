import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const BODY = '{"id":1,"title":"mug"}'

// A process of its own, so that its CPU is not counted as the client's; it ends with its parent.
const server = createServer((_request, response) => {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(BODY),
  })
  response.end(BODY)
})
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('disconnect', () => process.exit(0))
