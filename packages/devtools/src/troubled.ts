import type { EndedCall } from './frame.ts'

/** Whether a call is worth a look: it did not succeed, or not at once. */
export const isTroubled = ({ outcome, attempts }: Pick<EndedCall, 'outcome' | 'attempts'>): boolean =>
  outcome !== 'success' || attempts > 1

/** The latest calls of both kinds, in their order, so that a flood of successes washes no failure away. */
export const latestOfBoth = (calls: readonly EndedCall[], most: number): EndedCall[] => {
  const room = { troubled: most, smooth: most }
  return calls
    .toReversed()
    .filter((call) => {
      const kind = isTroubled(call) ? 'troubled' : 'smooth'
      room[kind] -= 1
      return room[kind] >= 0
    })
    .toReversed()
}
