import { MEASURES } from '@holdfast/analysis/coverage-facts'
import { ScanError } from '../errors.ts'
import { RULE_SETS } from '../rules/rule-set.ts'
import type { HoldfastConfig } from './config.ts'

const SETTINGS = ['environment', 'wrappers', 'clients', 'retryOwners', 'loggers', 'loggerDialect']

/**
 * Checks what a configuration file holds. Rules and settings are checked where they are used.
 * @throws ScanError that names the file, the key, its value and what is allowed
 */
export function checkConfig(value: unknown, source: string): HoldfastConfig {
  const fail = (key: string, allowed: string, given: unknown): never => {
    throw new ScanError(`${source}: ${key} must be ${allowed}, got ${JSON.stringify(given)}.`)
  }
  const isObject = (given: unknown): given is Record<string, unknown> =>
    typeof given === 'object' && given !== null && !Array.isArray(given)
  const texts = (given: unknown): boolean => Array.isArray(given) && given.every((entry) => typeof entry === 'string')
  if (!isObject(value)) return fail('the configuration', 'an object', value)
  for (const [key, given] of Object.entries(value)) {
    switch (key) {
      case '$schema':
      case 'baseline':
        if (typeof given !== 'string' || given === '') fail(key, 'a text that is not empty', given)
        break
      case 'ruleSet':
        if (!RULE_SETS.some((name) => name === given)) fail(key, `one of ${RULE_SETS.join(', ')}`, given)
        break
      case 'rules':
        if (!isObject(given)) fail(key, 'an object of rules', given)
        break
      case 'ignore':
        if (!texts(given)) fail(key, 'an array of globs', given)
        break
      case 'settings':
        if (!isObject(given)) fail(key, 'an object', given)
        else
          for (const name of Object.keys(given))
            if (!SETTINGS.includes(name))
              fail(`settings.${name}`, `absent: known are ${SETTINGS.join(', ')}`, given[name])
        break
      case 'coverage':
        if (!isObject(given)) fail(key, 'an object', given)
        else checkCoverage(given, fail)
        break
      // For `holdfast dlq`, which reads the same file.
      case 'deadLetters':
        break
      default:
        fail(key, 'absent: known are ruleSet, rules, ignore, settings, baseline, coverage', given)
    }
  }
  return value
}

function checkCoverage(
  coverage: Record<string, unknown>,
  fail: (key: string, allowed: string, given: unknown) => never,
): void {
  for (const [key, given] of Object.entries(coverage)) {
    if (key === 'trend') {
      if (typeof given !== 'string' || given === '') fail('coverage.trend', 'a path', given)
    } else if (key === 'min') {
      if (typeof given !== 'object' || given === null) fail('coverage.min', 'an object of percentages', given)
      for (const [measure, percent] of Object.entries(given as Record<string, unknown>)) {
        if (!MEASURES.some((name) => name === measure))
          fail(`coverage.min.${measure}`, `absent: known are ${MEASURES.join(', ')}`, percent)
        if (typeof percent !== 'number' || percent < 0 || percent > 100)
          fail(`coverage.min.${measure}`, 'a number from 0 to 100', percent)
      }
    } else fail(`coverage.${key}`, 'absent: known are min, trend', given)
  }
}
