import { type Answer, delayed, drip, halfBody, reset, stall, truncatedText } from '@holdfast/fault-server'
import { errorAnswer } from './error-answers.ts'
import type { FaultContext } from './scenario.ts'

const dripEveryMs = 100

/** 503 that counts against the quota, the same with a wait, or a connection reset at the door, which costs nothing. */
export async function unavailable({ carryOut, variant }: FaultContext): Promise<Answer> {
  if (variant === 2) return reset('before-reading')
  return carryOut(errorAnswer(503, 'The service is unavailable', variant === 1 ? { 'retry-after': '1' } : {}))
}

/** The request is carried out; its answer is late, never sent, cut, dripping, or broken off. */
export async function slowOrCut({ carryOut, variant, hangMs, request }: FaultContext): Promise<Answer> {
  const served = await carryOut()
  if (served.status >= 400) return served
  switch (variant % 5) {
    case 0:
      return delayed(served, hangMs)
    case 1:
      return stall(request.method !== 'GET')
    case 2:
      return truncatedText(served)
    case 3: {
      const chunks = Math.max(1, Math.floor(hangMs / dripEveryMs))
      const chunkBytes = Math.max(1, Math.ceil(Buffer.byteLength(served.body ?? '') / chunks))
      return drip(served, { chunkBytes, everyMs: dripEveryMs })
    }
    default:
      return halfBody(served)
  }
}
