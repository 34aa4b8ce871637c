import type { ReceivedRequest, ResponseAnswer } from '@holdfast/fault-server'
import { errorAnswer, validationAnswer } from './error-answers.ts'

/** A page as asked for, or the refusal of a wrong one: `limit` 1 to 100, `offset` to 12,000. */
export function readPage(request: ReceivedRequest): { limit: number; offset: number } | ResponseAnswer {
  const limit = Number(request.query.get('limit') ?? '25')
  const offset = Number(request.query.get('offset') ?? '0')
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return validationAnswer('/limit', 'invalid_range', 'must be from 1 to 100')
  }
  if (!Number.isInteger(offset) || offset < 0) return validationAnswer('/offset', 'invalid_range', 'must be 0 or more')
  if (offset > 12_000) return errorAnswer(400, 'Offset provided is greater than the maximum offset allowed.')
  return { limit, offset }
}
