import { describe, expect, test } from 'vitest'
import { compare } from './observe.ts'
import { scenariosFor } from './scenarios/all.ts'
import { SUBJECTS } from './subjects.ts'

describe.each(SUBJECTS)('$name', (subject) => {
  test.concurrent.each(scenariosFor(subject))('$name', async (scenario) => {
    expect(await compare(subject, scenario)).toEqual([])
  })
})
