import { expect, it } from 'vitest'
import { ExportFacts } from './export-facts.ts'

/** Exports that each reach what the named others reach; `axios` is reached directly. */
function factsOf(graph: Readonly<Record<string, readonly string[]>>) {
  let computations = 0
  const facts: ExportFacts = new ExportFacts((_file, name) => {
    computations += 1
    const reached = (graph[name] ?? []).find(
      (next): boolean => next === 'axios' || facts.of('f', next)?.wrapper?.client !== undefined,
    )
    return reached === undefined ? undefined : { wrapper: { client: 'axios' } }
  })
  return { ask: (name: string) => facts.of('f', name)?.wrapper?.client, computations: () => computations }
}

const circle = { a: ['b'], b: ['c', 'axios'], c: ['a'], d: ['c'], alone: ['alone'] }

it.each(['a b c d', 'c b a d', 'd c b a', 'b d a c'])('answers the same whatever is asked first: %s', (order) => {
  const { ask } = factsOf(circle)
  expect(order.split(' ').map(ask)).toEqual(['axios', 'axios', 'axios', 'axios'])
})

it('ends where an export needs only itself', () => {
  expect(factsOf(circle).ask('alone')).toBeUndefined()
})

it('works each export of a circle out a bounded number of times', () => {
  const names = Array.from({ length: 200 }, (_, index) => `n${index}`)
  const all = factsOf(Object.fromEntries(names.map((name) => [name, names])))
  names.forEach(all.ask)
  expect(all.computations()).toBeLessThanOrEqual(200 * 4)
})
