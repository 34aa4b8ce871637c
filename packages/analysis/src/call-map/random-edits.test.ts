import { it } from 'vitest'
import { checkRandomEdits } from './random-edits.fixture.ts'

it('after any edit the map of what was kept is that of a build from nothing', () => {
  checkRandomEdits(5)
})
