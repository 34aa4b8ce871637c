import { type Answer, type AnswerHeaders, json, type ResponseAnswer } from '@holdfast/fault-server'
import type { FaultContext } from './scenario.ts'
import type { WireListing } from './wire.ts'

/**
 * The answer shows the state before. Variant 0: the change is stored, and the next reads are right (open-api#596).
 * Variant 1: it is not, although the answer is a success (open-api#897).
 */
export async function staleRead({ carryOut, store, request, variant }: FaultContext): Promise<Answer> {
  const before = store.listing(Number(request.params['listing']))
  if (variant === 1 && before !== undefined) return carryOut(json(before satisfies WireListing))
  const served = await carryOut()
  return served.status >= 400 || before === undefined
    ? served
    : { ...served, ...json(before satisfies WireListing, headersOf(served)) }
}

/** The picture is stored; the answer carries the links of another one (open-api#457). */
export async function mixedImage({ carryOut }: FaultContext): Promise<Answer> {
  const served = await carryOut()
  if (served.status >= 400 || typeof served.body !== 'string') return served
  const image = JSON.parse(served.body) as Record<string, unknown>
  const url = (size: string): string => `https://i.etsystatic.com/il/${size}/1.jpg`
  const mixed = {
    ...image,
    url_75x75: url('75x75'),
    url_170x135: url('170x135'),
    url_570xN: url('570xN'),
    url_fullxfull: url('fullxfull'),
  }
  return { ...served, ...json(mixed, { status: 201, ...headersOf(served) }) }
}

function headersOf(served: ResponseAnswer): { headers: AnswerHeaders } {
  return { headers: served.headers ?? {} }
}
