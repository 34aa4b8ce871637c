import type { HoldfastRule } from '../rule-definition.ts'
import { noBareCatch } from './no-bare-catch.ts'
import { requireRetry } from './require-retry.ts'
import { requireTimeout } from './require-timeout.ts'
import { structuredErrorLog } from './structured-error-log.ts'

export const allRules: readonly HoldfastRule[] = [noBareCatch, requireRetry, requireTimeout, structuredErrorLog]

export const rules: Readonly<Record<string, HoldfastRule>> = Object.fromEntries(
  allRules.map((rule) => [rule.name, rule]),
)
