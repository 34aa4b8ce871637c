import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock, type Clock } from '@holdfast/core'
import { createTestRandom } from '@holdfast/core/testing'
import { FailingServer, ServerFailure } from '../failing-server.ts'
import { FifoServer } from '../fifo-server.ts'
import type { LoopbackScenario } from './loopback-scenario.ts'

/*
 * The server of a loopback scenario, in a process of its own. It works by the same models as in the simulation, on the
 * real clock, and writes down which call each request belonged to: what clients do is read off here, not asked of them.
 */

const scenario = JSON.parse(process.argv[2] ?? 'null') as LoopbackScenario

const journal: (readonly [call: number, atMs: number])[] = []
let zeroMs: number | undefined
const clock: Clock = {
  ...systemClock,
  now: () => (zeroMs === undefined ? 0 : performance.timeOrigin + performance.now() - zeroMs),
}
const random = createTestRandom(scenario.seed)
const { outage, serverPerSecond, failureShare } = scenario

const isOut = (nowMs: number): boolean => outage !== undefined && nowMs >= outage.fromMs && nowMs < outage.untilMs
const model =
  serverPerSecond === undefined
    ? new FailingServer(clock, random, (nowMs) => (isOut(nowMs) ? 1 : failureShare))
    : new FifoServer(clock, random, serverPerSecond, outage ?? { fromMs: Infinity, untilMs: Infinity })

const answer = (response: ServerResponse, status: number): void => {
  // The client may be gone; the work was done all the same.
  if (!response.destroyed) response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":1}')
}

const http = createServer((request, response) => {
  journal.push([Number(request.url?.slice(1)), clock.now()])
  model.handle().then(
    () => {
      answer(response, 200)
    },
    (error: unknown) => {
      answer(response, error instanceof ServerFailure ? error.response.status : 500)
    },
  )
})
http.keepAliveTimeout = 60_000
http.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
})

process.on('message', (message: { readonly start: number } | 'report') => {
  if (message === 'report') process.send?.(journal)
  else zeroMs = message.start
})
process.on('disconnect', () => process.exit(0))
