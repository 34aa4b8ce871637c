import { onPolicyEvent } from '@holdfast/core'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Counts the calls of all policies of the process, those made later included. */
export const exportPolicies = (registry: Registry): (() => void) => {
  const registers = [registry]
  const calls = new Histogram({
    name: 'holdfast_call_duration_seconds',
    help: 'Calls from start to end, waits and retries included.',
    labelNames: ['policy', 'outcome'],
    registers,
  })
  const retries = new Counter({
    name: 'holdfast_retries_total',
    help: 'Retries by what made them necessary.',
    labelNames: ['policy', 'reason'],
    registers,
  })
  const open = new Gauge({
    name: 'holdfast_circuit_open',
    help: '1 while the circuit of a key is open.',
    labelNames: ['policy', 'key'],
    registers,
  })
  const stops = [
    onPolicyEvent('call-ended', ({ policy, outcome, durationMs }) => {
      calls.observe({ policy, outcome }, durationMs / 1_000)
    }),
    onPolicyEvent('retry-scheduled', ({ policy, reason }) => {
      retries.inc({ policy, reason })
    }),
    onPolicyEvent('breaker-changed', ({ policy, key, to }) => {
      open.set({ policy, key }, to === 'open' || to === 'forced-open' ? 1 : 0)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
