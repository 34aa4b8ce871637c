import { lazy } from '../model/lazy.ts'

/** Turns offsets of a text into 1-based lines. */
export function lineNumbers(text: string): (offset: number) => number {
  const linesOf = lazy(() => {
    const starts = [0]
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    return starts
  })
  return (offset) => {
    const starts = linesOf()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}
