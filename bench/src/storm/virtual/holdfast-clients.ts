import { attemptTimeout, createPolicy, deadline, retry, retryBudget, standardPolicy } from '@holdfast/core'
import type { Client, ClientKind, ClientPorts } from '../client.ts'

// The calls of all set-ups read, so the engine may retry them.
const READ = { idempotent: true }

let made = 0
const nextName = (): string => `client-${(made += 1)}`

const standard = ({ clock, random, attemptTimeoutMs }: ClientPorts): Client => {
  const policy = standardPolicy({
    name: nextName(),
    clock,
    random,
    attemptTimeout: { afterMs: attemptTimeoutMs },
    // Part of the full policy; wide enough never to bind.
    rateLimit: { permits: 1e9, perMs: 1_000 },
  })
  return { call: (send) => policy.execute(send, READ) }
}

const budgetOnly = ({ clock, random, attemptTimeoutMs }: ClientPorts): Client => {
  const strategies = [deadline(), retryBudget(), retry(), attemptTimeout({ afterMs: attemptTimeoutMs })] as const
  const policy = createPolicy({ name: nextName(), clock, random, strategies })
  return { call: (send) => policy.execute(send, READ) }
}

/** The real engine on the scenario's clock. */
export const STANDARD: ClientKind = {
  name: 'holdfast',
  label: 'holdfast, full standard policy',
  origin: 'holdfast',
  create: standard,
}
export const BUDGET_ONLY: ClientKind = {
  name: 'holdfast-budget',
  label: 'holdfast, retry + budget only',
  origin: 'holdfast',
  create: budgetOnly,
}
