import type { Scenario } from '../scenario.ts'
import type { Subject } from '../subjects.ts'
import { answerScenarios } from './answers.ts'
import { axiosChainScenarios } from './axios-chain.ts'
import { axiosOptionScenarios } from './axios-options.ts'
import { failureScenarios } from './failures.ts'
import { fetchOptionScenarios } from './fetch-options.ts'
import { kyOptionScenarios } from './ky-options.ts'
import { requestScenarios } from './requests.ts'

const SCENARIOS: readonly Scenario[] = [
  ...requestScenarios,
  ...answerScenarios,
  ...failureScenarios,
  ...axiosOptionScenarios,
  ...axiosChainScenarios,
  ...fetchOptionScenarios,
  ...kyOptionScenarios,
]

/** The scenarios a client takes part in. */
export const scenariosFor = ({ family, name }: Subject): readonly Scenario[] =>
  SCENARIOS.filter(({ families, only }) => (families?.includes(family) ?? true) && (only?.test(name) ?? true))
