import type { ProjectFacts } from './project-facts.ts'
import type { SourceFile } from './source-file.ts'

/** What a program that runs the rules over files it parsed itself knows of one; rules get it as `parserServices.holdfast`. */
export interface KnownFile {
  /** Undefined when nobody has needed it yet. */
  readonly model: SourceFile | undefined
  /** What the call map says of it; undefined when the map leaves it out. */
  readonly mapped: Partial<ProjectFacts> | undefined
}
