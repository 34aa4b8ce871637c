export { recordEvents } from './record-events.ts'
export { scriptedFetch, type ScriptedAnswer, type ScriptedAttempt, type ScriptedFetch } from './scripted-fetch.ts'
export { createTestClock, type TestClock } from './test-clock.ts'
export { createTestRandom } from './test-random.ts'
