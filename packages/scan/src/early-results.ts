import { factsOfFile, type CallMap, type LinkedFile } from '@holdfast/analysis/call-map'
import type { FileResult, FileRun } from './scan-file.ts'

/** Judges one file with the rules and settings of a scan. */
export type Judge = (file: Pick<FileRun, 'path' | 'parsed' | 'mapped' | 'mayCall'>) => FileResult

/**
 * Results of files that are judged while the call map is made, because their syntax trees are there just then. They were
 * told nothing of who uses the file; results that the finished map contradicts do not count.
 */
export class EarlyResults {
  readonly #judge: Judge
  readonly #results = new Map<string, { readonly early: LinkedFile['early']; readonly result: FileResult }>()

  constructor(judge: Judge) {
    this.#judge = judge
  }

  get size(): number {
    return this.#results.size
  }

  add({ path, model, links, early }: LinkedFile): void {
    // Of a client that it makes is reported how others use it.
    const makesClient = links.effects.some((effect) => effect.on !== 'global' && effect.id.startsWith(`${path}#`))
    if (makesClient) return
    const parsed = { program: model.program, comments: model.comments, text: model.text, model }
    const result = this.#judge({ path, parsed, mapped: early.facts, mayCall: links.calls.length > 0 })
    this.#results.set(path, { early, result })
  }

  /** The result of a file, where it was judged early and the finished map agrees. */
  confirmedBy(map: CallMap, path: string): FileResult | undefined {
    const found = this.#results.get(path)
    const mapped = found && factsOfFile(map, path)
    return mapped && found.early.isConfirmedBy(mapped) ? found.result : undefined
  }
}
