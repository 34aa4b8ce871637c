import plugin from '@holdfast/eslint-plugin'
import type { Rule } from 'eslint'
import { ScanError } from '../errors.ts'
import type { Severity } from '../findings/finding.ts'

export type RuleSetName = 'recommended' | 'strict' | 'legacy' | 'all'
export const RULE_SETS: readonly RuleSetName[] = ['recommended', 'strict', 'legacy', 'all']

/** A severity alone, or with options; as in an ESLint configuration. */
export type RuleEntry = 'off' | Severity | readonly ['off' | Severity, object?]

export interface ActiveRule {
  readonly name: string
  readonly severity: Severity
  readonly options: readonly object[]
  readonly module: Rule.RuleModule
}

export interface RuleHelp {
  readonly name: string
  readonly description: string
  readonly url: string
}

const rules = plugin.rules ?? {}

/** What the documentation of a rule says, for reports. */
export function helpOf(name: string): RuleHelp {
  const docs = rules[name]?.meta?.docs
  return { name, description: docs?.description ?? name, url: docs?.url ?? '' }
}

/**
 * The rules that run: a set of the ESLint plug-in with changes laid over it.
 * @throws ScanError that names an unknown rule or severity
 */
export function activeRules(set: RuleSetName, changes: Readonly<Record<string, RuleEntry>> = {}): ActiveRule[] {
  const entries = new Map<string, RuleEntry>(
    Object.entries(plugin.configs[set].rules ?? {}).map(([name, entry]) => [
      name.replace(/^holdfast\//, ''),
      entry as RuleEntry,
    ]),
  )
  for (const [given, entry] of Object.entries(changes)) {
    const name = given.replace(/^holdfast\//, '')
    if (!rules[name])
      throw new ScanError(
        `Configuration: there is no rule ${JSON.stringify(given)}; known are ${Object.keys(rules).join(', ')}.`,
      )
    const previous = entries.get(name)
    const options = typeof previous === 'object' ? previous[1] : undefined
    entries.set(name, typeof entry === 'string' && options ? [entry, options] : entry)
  }
  return [...entries].flatMap(([name, entry]) => {
    const [severity, given] = typeof entry === 'string' ? [entry] : entry
    const options = given === undefined ? [] : [given]
    if (!['off', 'warn', 'error'].includes(severity))
      throw new ScanError(
        `Configuration: the severity of ${name} must be "off", "warn" or "error", got ${JSON.stringify(severity)}.`,
      )
    const module = rules[name]
    return severity === 'off' || !module ? [] : [{ name, severity, options, module }]
  })
}
