import fc from 'fast-check'
import { refusedError, resetError, type Answer } from './scripted-transport.ts'
import { createWatchedEngine, type WatchedEngine } from './watched-engine.ts'
import { createTestRandom } from '../src/testing/test-random.ts'

const answers: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Answer>(200, 200, 503, 500, 404, 429) },
  fc.constantFrom<Answer>('hang', resetError(), refusedError()),
  fc.record({ status: fc.constantFrom(200, 503), afterMs: fc.integer({ min: 1, max: 2_500 }) }),
  fc.record({
    status: fc.constantFrom(429, 503),
    headers: fc.constantFrom({ 'retry-after': '0' }, { 'retry-after': '1' }, { 'retry-after': '9' }),
    afterMs: fc.integer({ min: 0, max: 300 }),
  }),
)

type Act =
  readonly ['start'] | readonly ['advance' | 'jump', number] | readonly ['abort', number] | readonly ['ticks', number]
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(['start'] as const) },
  fc.tuple(fc.constant('advance' as const), fc.integer({ min: 0, max: 2_000 })),
  fc.tuple(fc.constant('jump' as const), fc.integer({ min: -5_000, max: 20_000 })),
  fc.tuple(fc.constant('abort' as const), fc.nat(9)),
  fc.tuple(fc.constant('ticks' as const), fc.integer({ min: 1, max: 12 })),
)

const perform = async (engine: WatchedEngine, [name, value]: Act): Promise<void> => {
  if (name === 'start') engine.start()
  else if (name === 'advance') await engine.clock.advance(value)
  else if (name === 'jump') engine.clock.jump(value)
  else if (name === 'abort') {
    const call = engine.calls[value % engine.calls.length]
    if (call !== undefined) engine.abort(call)
  } else for (let tick = 0; tick < value; tick += 1) await Promise.resolve()
}

/** Random answers, calls, aborts and clock jumps both ways; the engine under watch checks itself at the end. */
export const checkInvariants = async (isDeaf: boolean, numRuns: number): Promise<void> => {
  const property = fc.asyncProperty(
    fc.array(answers, { minLength: 1, maxLength: 12, size: 'max' }),
    fc.array(acts, { minLength: 1, maxLength: 25, size: 'max' }),
    fc.integer(),
    async (script, list, seed) => {
      const engine = createWatchedEngine(
        (index) => script[index % script.length] as Answer,
        createTestRandom(seed),
        isDeaf,
      )
      engine.start()
      for (const act of list) await perform(engine, act)
      await engine.finish()
    },
  )
  await fc.assert(property, { numRuns })
}
