import { runRuleCases } from '../../testing/rule-cases.ts'
import { noNullOnErrorCases } from './no-null-on-error.cases.ts'
import { noNullOnError } from './no-null-on-error.ts'

runRuleCases(noNullOnError, noNullOnErrorCases)
