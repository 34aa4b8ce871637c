import type { RuleCases } from '../../testing/rule-cases.ts'

const opossum = 'import CircuitBreaker from "opossum";'
const cockatiel = 'import { circuitBreaker, fallback, handleAll, retry, wrap } from "cockatiel";'
const holdfast = 'import { circuitBreaker, createPolicy, isHoldfastError, standardPolicy } from "@holdfast/core";'

export const requireBreakerFallbackCases: RuleCases = {
  valid: [
    `${opossum} const b = new CircuitBreaker(f); b.fallback(() => cached); b.fire()`,
    `${cockatiel} wrap(fallback(p, d), circuitBreaker(handleAll, o)).execute(f)`,
    `${opossum} const b = new CircuitBreaker(f); async function go() { try { await b.fire() } catch (e) { if (isOpen(e)) return last; throw e } }`,
    `${holdfast} const p = createPolicy({ name: "x", strategies: [circuitBreaker()] }); async function go() { try { return await p.execute(f) } catch (e) { if (isHoldfastError(e)) return last; throw e } }`,
    {
      code: `${opossum} const b = new CircuitBreaker(f); export const call = () => b.fire(); app.use(mapBreakerErrors)`,
      options: { boundaries: ['mapBreakerErrors'] },
    },
    `${opossum} const b = new CircuitBreaker(f); b.on("open", alert); b.fallback(f)`,
    `${opossum} const b = new CircuitBreaker(f); b.on("open", alert).fallback(() => last); b.fire()`,
    `${opossum} new CircuitBreaker(f).fire().catch((e) => (e.code === "EOPENBREAKER" ? last : fail(e)))`,
    `${cockatiel} const safe = fallback(handleAll, d); const b = circuitBreaker(handleAll, o); wrap(safe, b).execute(f)`,
    `${opossum} class A { b = new CircuitBreaker(f); constructor() { this.b.fallback(() => last) } go() { return this.b.fire() } }`,
    // What becomes of it is decided elsewhere.
    `${opossum} export const b = new CircuitBreaker(f); b.fire()`,
    `${opossum} const b = new CircuitBreaker(f); register(b); b.fire()`,
    `${opossum} function make() { return new CircuitBreaker(f) }`,
    `${holdfast} import { attach } from "@holdfast/axios-interceptor"; attach(api, standardPolicy({ name: "x" }))`,
    `${holdfast} standardPolicy({ name: "x", circuitBreaker: false }).execute(f)`,
    `${holdfast} createPolicy({ name: "x", strategies: [retry()] }).execute(f)`,
    'import { CircuitBreaker } from "./mine"; new CircuitBreaker(f).fire()',
    { code: `${opossum} new CircuitBreaker(f).fire()`, filename: 'src/a.test.ts' },
  ],
  invalid: [
    [`${opossum} new CircuitBreaker(f).fire()`, 'open'],
    [`${cockatiel} circuitBreaker(handleAll, o).execute(f)`, 'open'],
    [`${holdfast} createPolicy({ name: "x", strategies: [circuitBreaker()] }).execute(f)`, 'open'],
    [`${opossum} const b = new CircuitBreaker(f, o); export const call = (x) => b.fire(x)`, 'open'],
    [`${opossum} const b = new CircuitBreaker(f, o); b.fire().catch(() => {})`, 'open'],
    [`${cockatiel} wrap(retry(p, o), circuitBreaker(handleAll, o)).execute(f)`, 'open'],
    [
      `${opossum}\nclass A {\n  constructor() {\n    this.b = new CircuitBreaker(f)\n  }\n  go() {\n    return this.b.fire()\n  }\n}`,
      'open@4',
    ],
    [
      `${opossum} const b = new CircuitBreaker(f); async function go() { try { return await b.fire() } catch (e) { log(e); throw e } }`,
      'open',
    ],
    [`${holdfast} const p = standardPolicy({ name: "x" }); export const load = () => p.execute(f)`, 'open'],
    [
      'const { CircuitBreaker } = require("opossum"); let b; function start() { b = new CircuitBreaker(f) } function go() { return b.fire() }',
      'open',
    ],
  ],
}
