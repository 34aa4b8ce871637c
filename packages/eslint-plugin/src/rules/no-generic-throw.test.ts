import { runRuleCases } from '../../testing/rule-cases.ts'
import { noGenericThrowCases } from './no-generic-throw.cases.ts'
import { noGenericThrow } from './no-generic-throw.ts'

runRuleCases(noGenericThrow, noGenericThrowCases)
