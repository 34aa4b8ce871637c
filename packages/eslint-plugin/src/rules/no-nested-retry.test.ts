import * as parser from '@typescript-eslint/parser'
import { Linter } from 'eslint'
import { expect, it } from 'vitest'
import { runRuleCases } from '../../testing/rule-cases.ts'
import { noNestedRetryCases } from './no-nested-retry.cases.ts'
import { noNestedRetry } from './no-nested-retry.ts'

runRuleCases(noNestedRetry, noNestedRetryCases)

it.each([
  [
    'import ky from "ky"; import pRetry from "p-retry"; pRetry(() => ky.get(u), { retries: 3 })',
    '`ky` (3 attempts) and `pRetry` (4 attempts) each retry this call: up to 12 attempts; let one of them do it.',
  ],
  [
    'import axios from "axios"; import axiosRetry from "axios-retry"; import { backOff } from "exponential-backoff"; import pRetry from "p-retry"; axiosRetry(axios); pRetry(() => backOff(() => axios.get(u), { numOfAttempts: 2 }), { retries: 1 })',
    '`axiosRetry` (4 attempts), `backOff` (2 attempts) and `pRetry` (2 attempts) each retry this call: up to 16 attempts; let one of them do it.',
  ],
  [
    'import ky from "ky"; import pRetry from "p-retry"; pRetry(() => ky.get(u), { retries: n })',
    '`ky` (3 attempts) and `pRetry` each retry this call, and their attempts multiply; let one of them do it.',
  ],
])('shows how the attempts multiply: %s', (code, message) => {
  const messages = new Linter().verify(code, [
    {
      languageOptions: { parser },
      plugins: { holdfast: { rules: { [noNestedRetry.name]: noNestedRetry } } },
      rules: { 'holdfast/no-nested-retry': 'error' },
    },
  ] as Linter.Config[])
  expect(messages.map((one) => one.message)).toEqual([message])
})
