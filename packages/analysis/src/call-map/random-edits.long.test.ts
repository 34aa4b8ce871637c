import { it } from 'vitest'
import { checkRandomEdits } from './random-edits.fixture.ts'

it('after any of thousands of edits the map of what was kept is that of a build from nothing', () => {
  checkRandomEdits(1_500)
}, 300_000)
