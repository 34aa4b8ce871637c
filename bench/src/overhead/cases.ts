import { AXIOS_CASES, BARE_AXIOS } from './axios-cases.ts'
import type { Case } from './case.ts'
import { CORE_CASES } from './core-cases.ts'
import { FETCH_CASES } from './fetch-cases.ts'

/** Every row of the overhead tables, by name. */
export const CASES: ReadonlyMap<string, Case> = new Map(
  [...CORE_CASES, ...FETCH_CASES, BARE_AXIOS, ...AXIOS_CASES].map((entry) => [entry.name, entry]),
)
