import type { RuleEntry, RuleSetName } from '../rules/rule-set.ts'

/** Percentages by measure, such as `{ deadline: 90 }`. */
export type Thresholds = Readonly<
  Partial<Record<'deadline' | 'retry' | 'breaker' | 'fallback' | 'handledError' | 'responseCheck', number>>
>

/** `holdfast.config.ts` or `holdfast.config.json`. Everything may be left out. */
export interface HoldfastConfig {
  /** For editors. */
  readonly $schema?: string
  /** Which rules run, as in the configurations of the ESLint plug-in. Default `recommended`. */
  readonly ruleSet?: RuleSetName
  /** Changes to single rules: a severity, or a severity with options. */
  readonly rules?: Readonly<Record<string, RuleEntry>>
  /** Globs of files that are not scanned, relative to the scanned folder. */
  readonly ignore?: readonly string[]
  /** The settings of the ESLint plug-in: `environment`, `wrappers`, `clients`, `retryOwners`, `loggers`, `loggerDialect`. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Path of the baseline, relative to the scanned folder. Default `holdfast-baseline.json`. */
  readonly baseline?: string
  /** For `holdfast dlq`, which reads the same file; see the package `holdfast`. */
  readonly deadLetters?: object
  readonly coverage?: {
    /** Percentages that `holdfast coverage` asks for when no `--min` is given. */
    readonly min?: Thresholds
    /** Path of the trend file, relative to the scanned folder; one line is added by each `holdfast coverage --trend`. */
    readonly trend?: string
  }
}

/** Gives the configuration back typed, for editors. */
export function defineConfig(config: HoldfastConfig): HoldfastConfig {
  return config
}
