import { axiosRetryCodemod } from './axios-retry-codemod.ts'
import { attachCodemod, kyHooksCodemod, wrapFetchCodemod } from './client-codemods.ts'
import type { Codemod } from './codemod.ts'
import { retryLoopCodemod } from './retry-loop-codemod.ts'
import { errorFieldsCodemod, serviceErrorCodemod, timeoutCodemod } from './rule-codemods.ts'

export const CODEMODS: readonly Codemod[] = [
  timeoutCodemod,
  attachCodemod,
  kyHooksCodemod,
  wrapFetchCodemod,
  axiosRetryCodemod,
  retryLoopCodemod,
  serviceErrorCodemod,
  errorFieldsCodemod,
]
