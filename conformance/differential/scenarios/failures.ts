import { drip, garbage, halfBody, hangUp, json, reset, respond, stall, text, wrongLength } from '@holdfast/fault-server'
import type { Scenario } from '../scenario.ts'

const POINTS = ['before-reading', 'after-reading', 'while-headers', 'after-headers'] as const
const whole = json({ text: 'x'.repeat(200) })

/** Connections that fail, and callers that stop. */
export const failureScenarios: readonly Scenario[] = [
  ...POINTS.flatMap((at): Scenario[] => [
    { name: `reset ${at}`, answers: [reset(at)], isRetryable: true, isRacy: true },
    { name: `FIN ${at}`, answers: [hangUp(at)], isRetryable: true, isRacy: true },
  ]),
  { name: 'a POST that is reset', method: 'POST', json: { n: 1 }, answers: [reset()], isRetryable: true, isRacy: true },
  { name: 'half a body, then FIN', answers: [halfBody(whole)], isRetryable: true },
  { name: 'half a body, then reset', answers: [halfBody(whole, { ending: 'reset' })], isRetryable: true, isRacy: true },
  { name: 'a body that is shorter than announced', answers: [wrongLength(whole, 50)], isRetryable: true },
  { name: 'a body that is longer than announced', answers: [wrongLength(whole, -50)], isRetryable: true },
  { name: 'garbage', answers: [garbage()], isRetryable: true },
  {
    name: 'gzip that is none',
    answers: [respond(200, { headers: { 'content-encoding': 'gzip' }, body: 'no gzip' })],
    isRetryable: true,
  },
  { name: 'refused', isRefused: true, isRetryable: true },
  { name: 'aborted before the call', abort: 'before' },
  { name: 'a POST aborted before the call', method: 'POST', json: {}, abort: 'before' },
  { name: 'aborted while waiting', abort: 60, answers: [stall()] },
  { name: 'a POST aborted while waiting', method: 'POST', json: {}, abort: 60, answers: [stall()] },
  {
    name: 'aborted while the body arrives',
    abort: 80,
    answers: [drip(text('x'.repeat(30)), { chunkBytes: 1, everyMs: 20 })],
  },
  { name: 'a signal that is never aborted', abort: 10_000 },
  { name: 'aborted after the end', abort: 450, answers: [text('done')] },
]
