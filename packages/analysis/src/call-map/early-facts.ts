import type { ProjectFacts } from '../model/project-facts.ts'
import type { SourceFile } from '../model/source-file.ts'
import type { FileLinks } from './file-record.ts'
import { kindFields } from './format.ts'

/** Everything that a call map is asked. */
type Questions = {
  [
    Key in keyof ProjectFacts as ProjectFacts[Key] extends (...asked: never[]) => unknown ? Key : never
  ]: ProjectFacts[Key]
}

/** What the call map will say of a file, as far as that is known while the file is being linked. */
export interface EarlyFacts {
  readonly facts: Partial<ProjectFacts> & Questions
  /** Whether the finished map gives the answers that were given. */
  isConfirmedBy(finished: Partial<ProjectFacts>): boolean
}

/** A file whose own part of the call map has just been made, while its syntax tree is there. */
export interface LinkedFile {
  readonly path: string
  readonly model: SourceFile
  readonly links: FileLinks
  readonly early: EarlyFacts
}

/**
 * Facts for a file whose imports are known and whose importers are not. Questions about these are answered as if there
 * were none; every answer is noted, so that whoever used the facts learns later whether they held.
 */
export function earlyFacts(imported: ProjectFacts['imported'], { kind }: FileLinks): EarlyFacts {
  const given = new Map<string, (facts: Partial<ProjectFacts>) => boolean>()
  const noted = <Answer>(
    question: string,
    answer: Answer,
    ask: (facts: Partial<ProjectFacts>) => Answer | undefined,
  ): Answer => {
    if (!given.has(question)) given.set(question, (finished) => isSame(ask(finished), answer))
    return answer
  }
  const own = kindFields(kind)
  return {
    facts: {
      hasCallMap: true,
      ...own,
      imported: (specifier, name) =>
        noted(`imported ${specifier}#${name}`, imported(specifier, name), (facts) => facts.imported?.(specifier, name)),
      exported: (path, name) => noted(`exported ${path}#${name}`, undefined, (facts) => facts.exported?.(path, name)),
      globalDefault: (client, protection) =>
        noted(`default ${client} ${protection}`, undefined, (facts) => facts.globalDefault?.(client, protection)),
      hasErrorClass: () => noted('error class', false, (facts) => facts.hasErrorClass?.()),
      isRetriedByCallers: (name) => noted(`retried ${name}`, false, (facts) => facts.isRetriedByCallers?.(name)),
      callersWithout: (name, parameter, option) =>
        noted(`without ${option} ${name} ${parameter}`, undefined, (facts) =>
          facts.callersWithout?.(name, parameter, option),
        ),
      instance: (name) => noted(`instance ${name}`, undefined, (facts) => facts.instance?.(name)),
    },
    isConfirmedBy(finished) {
      const { environment, isTest, isCli, httpModule } = finished
      if (!isSame({ environment, isTest, isCli, httpModule }, own)) return false
      return [...given.values()].every((isConfirmed) => isConfirmed(finished))
    },
  }
}

function isSame(first: unknown, second: unknown): boolean {
  return first === second || JSON.stringify(first) === JSON.stringify(second)
}
