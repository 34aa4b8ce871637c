import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

// The reference keeps the full history and computes the tokens from it anew for every look.
interface Model {
  nowMs: number
  latestMs: number
  tokens: number
}

interface Real {
  budget: RetryBudget
  turns: boolean[]
}

const TERMS = { capacity: 100, cost: 10, throttledCost: 5, deposit: 1, dripPerSecond: 2 }

const drip = (model: Model): void => {
  const elapsedMs = Math.max(0, model.nowMs - model.latestMs)
  model.latestMs = Math.max(model.latestMs, model.nowMs)
  model.tokens = Math.min(TERMS.capacity, model.tokens + (elapsedMs * TERMS.dripPerSecond) / 1_000)
}

const agree = (model: Model, { budget, turns }: Real): void => {
  drip(model)
  const tokens = budget.tokens(model.nowMs)
  expect(tokens).toBeCloseTo(model.tokens, 6)
  expect(tokens).toBeGreaterThanOrEqual(0)
  expect(tokens).toBeLessThanOrEqual(TERMS.capacity)
  // Exhausted and restored take turns.
  expect(turns).toEqual(turns.map((_turn, index) => index % 2 === 0))
}

class Jump implements fc.Command<Model, Real> {
  readonly jumpMs: number
  constructor(jumpMs: number) {
    this.jumpMs = jumpMs
  }
  check = (): boolean => true
  run(model: Model, real: Real): void {
    model.nowMs += this.jumpMs
    agree(model, real)
  }
  toString = (): string => `jump ${this.jumpMs} ms`
}

class Take implements fc.Command<Model, Real> {
  readonly cost: number
  constructor(cost: number) {
    this.cost = cost
  }
  check = (): boolean => true
  run(model: Model, real: Real): void {
    drip(model)
    const before = model.tokens
    const isTaken = real.budget.take(this.cost, model.nowMs)
    if (Math.abs(before - this.cost) > 1e-6) expect(isTaken).toBe(before >= this.cost)
    if (isTaken) model.tokens -= this.cost
    agree(model, real)
  }
  toString = (): string => `take ${this.cost}`
}

class Give implements fc.Command<Model, Real> {
  readonly tokens: number
  constructor(tokens: number) {
    this.tokens = tokens
  }
  check = (): boolean => true
  run(model: Model, real: Real): void {
    drip(model)
    real.budget.tokens(model.nowMs)
    real.budget.give(this.tokens)
    model.tokens = Math.min(TERMS.capacity, model.tokens + this.tokens)
    agree(model, real)
  }
  toString = (): string => `give ${this.tokens}`
}

class Restart implements fc.Command<Model, Real> {
  check = (): boolean => true
  run(model: Model, real: Real): void {
    drip(model)
    const snapshot: unknown = JSON.parse(JSON.stringify(real.budget.snapshot(model.nowMs)))
    real.budget = new RetryBudget(TERMS, model.nowMs, (isExhausted) => real.turns.push(isExhausted))
    real.turns = []
    real.budget.restore(snapshot, model.nowMs)
    model.latestMs = model.nowMs
    agree(model, real)
  }
  toString = (): string => 'restart'
}

it('agrees with the model over takes, gifts, restarts and clock jumps both ways', () => {
  const commands = fc.commands(
    [
      fc.integer({ min: -5_000, max: 20_000 }).map((jumpMs) => new Jump(jumpMs)),
      fc.constantFrom(5, 10).map((cost) => new Take(cost)),
      fc.constantFrom(1, 5, 10).map((tokens) => new Give(tokens)),
      fc.constant(new Restart()),
    ],
    { maxCommands: 60, size: 'max' },
  )
  fc.assert(
    fc.property(commands, (list) => {
      fc.modelRun(() => {
        const turns: boolean[] = []
        const real: Real = { turns, budget: new RetryBudget(TERMS, 0, (isExhausted) => real.turns.push(isExhausted)) }
        return { model: { nowMs: 0, latestMs: 0, tokens: TERMS.capacity }, real }
      }, list)
    }),
    { numRuns: 60 },
  )
})
