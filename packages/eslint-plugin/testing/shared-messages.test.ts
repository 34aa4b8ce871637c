import * as parser from '@typescript-eslint/parser'
import { Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import plugin from '../src/index.ts'

const dropped = (library: string): string =>
  `import ${library} from "${library}"; const logger = ${library}${library === 'pino' ? '' : '.createLogger'}({ name: "a" }); try { await f() } catch (err) { logger.error("sync failed", err) }`

function rulesOf(code: string, rules: Linter.Config['rules']): readonly (string | null)[] {
  const base = { languageOptions: { parser }, plugins: { holdfast: plugin } }
  return new Linter().verify(code, [{ ...base, ...(rules ? { rules } : {}) }]).map(({ ruleId }) => ruleId)
}

describe('an error in a place where the logger loses it', () => {
  it.each(['pino', 'bunyan'])('is reported once for %s, by the headline rule', (library) => {
    expect(rulesOf(dropped(library), plugin.configs.recommended.rules)).toEqual(['holdfast/structured-error-log'])
  })

  it.each(['logger-error-position', 'structured-error-log'])('is reported by %s where it is alone', (name) => {
    expect(rulesOf(dropped('pino'), { [`holdfast/${name}`]: 'error' })).toEqual([`holdfast/${name}`])
  })

  it('is reported anew in every run', () => {
    const rules = plugin.configs.recommended.rules
    expect([rulesOf(dropped('pino'), rules), rulesOf(dropped('pino'), rules)]).toEqual([
      ['holdfast/structured-error-log'],
      ['holdfast/structured-error-log'],
    ])
  })

  it('does not hide what only one of the rules says', () => {
    const order =
      'import winston from "winston"; const logger = winston.createLogger({}); try { await f() } catch (err) { logger.error({ err }, "sync failed") }'
    expect(rulesOf(order, plugin.configs.recommended.rules)).toEqual(['holdfast/logger-error-position'])
  })
})
