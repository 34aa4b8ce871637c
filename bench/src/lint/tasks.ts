/**
 * The parser alone; one rule that does nothing, which ESLint itself makes slower; `recommended` of our plug-in; the
 * rules that ESLint itself recommends; these and ours.
 */
export type LintRules = 'none' | 'empty' | 'recommended' | 'own' | 'own-and-recommended'

/** One cold run of ESLint. */
export interface LintTask {
  readonly root: string
  readonly files: readonly string[]
  readonly rules: LintRules
}

export interface LintFigures {
  /** User CPU of the whole process, from its start. */
  readonly userMs: number
  readonly files: number
  readonly reports: number
  readonly unparsed: number
}

/** Every rule over the same number of equal blocks, in files of so many each. */
export interface GrowthTask {
  readonly shape: string
  readonly blocks: readonly number[]
  readonly rounds: number
}

/** Time of each rule alone over all blocks, ms, the least of its rounds, for each length of the files. */
export type GrowthFigures = Readonly<Record<string, readonly number[]>>
