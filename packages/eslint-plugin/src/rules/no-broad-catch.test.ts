import { runRuleCases } from '../../testing/rule-cases.ts'
import { noBroadCatchCases } from './no-broad-catch.cases.ts'
import { noBroadCatch } from './no-broad-catch.ts'

runRuleCases(noBroadCatch, noBroadCatchCases)
