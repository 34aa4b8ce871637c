import { parseSync, rawTransferSupported, type ParseResult, type ParserOptions } from 'oxc-parser'
import type { SourceComment } from '../syntax/nodes.ts'

/** Larger files are bundles that nobody edits; they are not parsed. */
export const MAX_FILE_BYTES = 1_000_000

/** Takes the tree over from the parser's memory, not as JSON: half the time. It reserves 6 GiB of addresses, which may be refused. */
let isRawTransfer = rawTransferSupported()

const OPTIONS = { preserveParens: false, astType: 'ts' } as const

/** Parses a source file into a tree like ESLint's, without ranges: nodes have `start` and `end`. */
export function parseSource(name: string, text: string, lang?: 'js' | 'jsx' | 'ts' | 'tsx'): ParseResult {
  const options = { ...OPTIONS, ...(lang ? { lang } : {}) }
  if (isRawTransfer) {
    try {
      // Its types leave the option out, its documentation names it.
      return parseSync(name, text, { ...options, experimentalRawTransfer: true } as ParserOptions)
    } catch {
      // No such room here, as in a container that limits addresses: the way through JSON always works.
      isRawTransfer = false
    }
  }
  return parseSync(name, text, options)
}

/** The comments as ESLint has them. */
export function commentsOf({ comments }: ParseResult): SourceComment[] {
  return comments.map(({ type, value, start, end }) => ({ type, value, range: [start, end] }))
}

/** Whether a source file can be parsed; its tree stays with the parser, which is a fifth of the work. */
export function isParsable(name: string, text: string): boolean {
  if (isRawTransfer) {
    try {
      const result = parseSync(name, text, { ...OPTIONS, experimentalLazy: true } as ParserOptions)
      const hasErrors = result.errors.length > 0
      ;(result as ParseResult & { dispose(): void }).dispose()
      if (!hasErrors) return true
    } catch {
      isRawTransfer = false
    }
  }
  return !isUnparsed(parseSource(name, text))
}

/** Whether the parser gave up; after some errors it goes on. */
export function isUnparsed({ errors, program }: ParseResult): boolean {
  return errors.length > 0 && program.body.length === 0
}
