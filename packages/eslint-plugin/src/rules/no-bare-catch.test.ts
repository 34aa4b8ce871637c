import { runRuleCases } from '../../testing/rule-cases.ts'
import { noBareCatchCases } from './no-bare-catch.cases.ts'
import { noBareCatch } from './no-bare-catch.ts'

runRuleCases(noBareCatch, noBareCatchCases)
