import { readFileSync } from 'node:fs'
import path from 'node:path'
import { visitorKeys } from 'oxc-parser'
import type { CodeContext } from '../clients/client-value.ts'
import type { ProjectFacts } from '../model/project-facts.ts'
import { buildSourceFile } from '../model/source-file.ts'
import { moduleExportsOf, type ModuleExports } from '../model/module-exports.ts'
import { textHash } from './format.ts'
import { isUnparsed, parseSource } from './parse-source.ts'

/** Trees of this much text are held at a time; a tree takes about a hundred times as many bytes. */
const MAX_HELD_CHARACTERS = 250_000

/** The syntax tree of a file with what is asked of it. */
export interface LoadedFile extends CodeContext {
  readonly path: string
  readonly hash: string
  readonly exports: ModuleExports
}

/** Parses files when they are asked for and holds the last few, because a whole project of trees fills the memory. */
export class LoadedFiles {
  readonly #root: string
  readonly #factsOf: (file: string) => ProjectFacts
  /** The last one asked for at the end. */
  readonly #held: LoadedFile[] = []
  #characters = 0

  constructor(root: string, factsOf: (file: string) => ProjectFacts) {
    this.#root = root
    this.#factsOf = factsOf
  }

  /** Undefined when nothing of the file can be read. */
  get(file: string): LoadedFile | undefined {
    const known = this.#take(file)
    const loaded = known ?? this.#load(file)
    if (!loaded) return undefined
    this.#held.push(loaded)
    if (!known) this.#characters += loaded.file.text.length
    while (this.#characters > MAX_HELD_CHARACTERS && this.#held.length > 1)
      this.#characters -= this.#held.shift()?.file.text.length ?? 0
    return loaded
  }

  release(file: string): void {
    this.#characters -= this.#take(file)?.file.text.length ?? 0
  }

  #take(file: string): LoadedFile | undefined {
    const at = this.#held.findLastIndex(({ path: held }) => held === file)
    return at < 0 ? undefined : this.#held.splice(at, 1)[0]
  }

  #load(file: string): LoadedFile | undefined {
    const absolute = path.join(this.#root, file)
    const text = readIfThere(absolute)
    if (text === undefined) return undefined
    const result = parseSource(absolute, text)
    if (isUnparsed(result)) return undefined
    const source = buildSourceFile(result.program, result.comments, text, visitorKeys)
    return {
      path: file,
      hash: textHash(text),
      file: source,
      facts: this.#factsOf(file),
      caches: new Map(),
      exports: moduleExportsOf(source),
    }
  }
}

/** Undefined of a file that was removed since the files were listed. */
export function readIfThere(absolute: string): string | undefined {
  try {
    return readFileSync(absolute, 'utf8')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}
