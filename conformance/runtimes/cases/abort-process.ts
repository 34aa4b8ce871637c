/** Aborts one request of `node:http` on a connection that has served another. */
import { get } from 'node:http'
import process from 'node:process'

const [, , url = ''] = process.argv
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

await new Promise((resolve) => {
  get(`${url}/warm`, (response) => response.resume().once('end', resolve))
})
await pause(50)
const request = get(`${url}/stall`)
request.on('error', () => undefined)
await pause(150)
request.destroy()
await pause(300)
// Deno would wait for the second request for ever.
process.exit(0)
