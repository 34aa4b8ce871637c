import type { ESLint, Linter } from 'eslint'
import { allRules } from './rules/index.ts'

export type ConfigName = 'recommended' | 'strict' | 'legacy' | 'all' | 'tests-off'

const STRICT_OPTIONS: Readonly<Record<string, object>> = {
  'no-bare-catch': { strictProbes: true },
  'require-timeout': { reportUnknown: true, maxMs: 120_000 },
  'require-retry': { reportUnknown: true, scripts: 'check' },
  'no-fixed-delay-retry': { requireJitter: true },
  'no-client-error-retry': { defaultConditions: 'check' },
  'require-response-check': { checkFirst: true },
  'structured-error-log': { requireWholeError: true, browser: 'check' },
}

/** Flat config objects that refer to the plug-in itself. */
export function buildConfigs(plugin: ESLint.Plugin): Record<ConfigName, Linter.Config> {
  const config = (name: ConfigName, entry: (rule: (typeof allRules)[number]) => Linter.RuleEntry): Linter.Config => ({
    name: `holdfast/${name}`,
    plugins: { holdfast: plugin },
    rules: Object.fromEntries(allRules.map((rule) => [`holdfast/${rule.name}`, entry(rule)])),
  })
  return {
    recommended: config('recommended', (rule) => rule.recommended),
    // What is a matter of taste stays a warning.
    strict: config('strict', (rule) => [
      rule.recommended === 'off' ? 'warn' : 'error',
      STRICT_OPTIONS[rule.name] ?? {},
    ]),
    legacy: config('legacy', (rule) => (rule.headline ? 'warn' : rule.recommended)),
    all: config('all', () => 'error'),
    'tests-off': config('tests-off', () => 'off'),
  }
}
