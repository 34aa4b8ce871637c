/**
 * What a Worker does before its first request, under the rules of Workers: prints what was called that they forbid.
 *
 *   node worker-start.js <path of the bundle of packages> [global to call at module scope, as a control]
 */
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import axios from 'axios'
import ky from 'ky'
import type * as Packages from './packages.ts'

const { argv, stdout } = process
const called: string[] = []

// A function and no arrow, because one of them is called with `new`.
const forbid = (owner: object, name: string): void => {
  const value = function (): never {
    called.push(name)
    throw new Error(`Disallowed operation called within global scope: ${name}`)
  }
  Object.defineProperty(owner, name, { configurable: true, writable: true, value })
}

// Seen in workerd, and random numbers and requests, which its documentation names.
const FUNCTIONS: readonly (readonly [owner: object, name: string])[] = [
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [globalThis, 'fetch'],
  [AbortSignal, 'any'],
  [AbortSignal, 'timeout'],
  [Math, 'random'],
  [crypto, 'randomUUID'],
  [crypto, 'getRandomValues'],
]
const [, , packages = '', control] = argv
for (const [owner, name] of FUNCTIONS) forbid(owner, name)
forbid(globalThis, 'AbortController')
// Workers have no `process` unless they ask for Node's.
Object.defineProperty(globalThis, 'process', { value: undefined, configurable: true })

let failure: string | undefined
try {
  const { attach, createPolicy, kyHooks, PRESETS, standardPolicy, strategies, wrapFetch } = (await import(
    pathToFileURL(packages).href
  )) as typeof Packages
  for (const preset of Object.keys(PRESETS) as (keyof typeof PRESETS)[]) {
    const policy = standardPolicy({ name: preset, preset, rateLimit: { permits: 10, perMs: 1_000 } })
    wrapFetch(policy)
    attach(axios.create(), policy)
    ky.extend(kyHooks(policy))
    policy.on('call-ended', () => undefined)
    policy.wrap(() => 1)
    policy.fork({ name: `${preset}-fork` })
    policy.health()
  }
  createPolicy({ name: 'listed', strategies: strategies() })
  if (control === 'AbortController') new AbortController()
  else if (control !== undefined) {
    const [owner, name] = FUNCTIONS.find(([, each]) => each === control) ?? []
    ;(owner as Record<string, () => void>)[name ?? '']?.()
  }
} catch (error) {
  failure = String(error)
}
stdout.write(JSON.stringify({ called, failure }))
