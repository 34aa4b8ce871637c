import { parseSync, rawTransferSupported, type ParseResult } from 'oxc-parser'
import type { Program, SourceComment } from '../syntax/nodes.ts'

/** Larger files are bundles that nobody edits; they are not parsed. */
export const MAX_FILE_BYTES = 1_000_000

/** Takes the tree over from the parser's memory, not as JSON: half the time. It reserves 6 GiB of addresses, which may be refused. */
let isRawTransfer = rawTransferSupported()
/** Making that place ready takes longer than so many files through JSON: after an edit there are no more. */
const FEW_FILES = 8
let filesParsed = 0

const OPTIONS = { preserveParens: false, astType: 'ts' } as const

type Language = 'js' | 'jsx' | 'ts' | 'tsx'

/** A syntax tree, or what is wrong with the text. */
export interface ParsedSource {
  readonly program: Program
  readonly comments: readonly SourceComment[]
  readonly errors: ParseResult['errors']
}

/** What stands in files that end with `.js`: often JSX, and types of Flow, which mostly read like those of TypeScript. */
const FURTHER_LANGUAGES = ['jsx', 'tsx', 'ts'] as const

/** Parses a source file into a tree like ESLint's, without ranges: nodes have `start` and `end`. */
export function parseSource(name: string, text: string, lang?: Language): ParsedSource {
  const parsed = parseAs(name, text, lang)
  if (lang !== undefined || !/\.[cm]?js$/.test(name) || !isUnparsed(parsed)) return parsed
  for (const further of FURTHER_LANGUAGES) {
    const found = parseAs(name, text, further)
    if (!isUnparsed(found)) return found
  }
  return parsed
}

function parseAs(name: string, text: string, lang: Language | undefined): ParsedSource {
  const options = { ...OPTIONS, ...(lang ? { lang } : {}) }
  const result =
    parseInPlace(name, text, { ...options, experimentalRawTransfer: true }) ?? parseSync(name, text, options)
  const { program, comments, errors } = result
  const taken = {
    program: { ...program },
    // As ESLint has them.
    comments: comments.map(({ type, value, start, end }): SourceComment => ({ type, value, range: [start, end] })),
    errors,
  }
  // V8 keeps the getters of the result, and what they lead to, until the next full garbage collection: collections of the
  // nursery copied the trees of all files, a third of the work of parsing (decision 20).
  program.body = []
  comments.length = 0
  return taken
}

/** Undefined where there is no room for it, or not yet a need. */
function parseInPlace(name: string, text: string, options: object): ParseResult | undefined {
  filesParsed += 1
  if (!isRawTransfer || filesParsed <= FEW_FILES) return undefined
  try {
    // Its types leave the options for this out, its documentation names them.
    return parseSync(name, text, options)
  } catch {
    // No such room here, as in a container that limits addresses: the way through JSON always works.
    isRawTransfer = false
    return undefined
  }
}

/** Whether a source file can be parsed; its tree stays with the parser, which is a fifth of the work. */
export function isParsable(name: string, text: string): boolean {
  const lazy = parseInPlace(name, text, { ...OPTIONS, experimentalLazy: true })
  const hasErrors = lazy?.errors.length !== 0
  ;(lazy as (ParseResult & { dispose(): void }) | undefined)?.dispose()
  return !hasErrors || !isUnparsed(parseSource(name, text))
}

/** Whether the parser gave up; after some errors it goes on. */
export function isUnparsed({ errors, program }: ParsedSource): boolean {
  return errors.length > 0 && program.body.length === 0
}
