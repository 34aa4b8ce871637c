import type { SourceComment, SourceFile } from '@holdfast/analysis'
import { isUnparsed, parseSource } from '@holdfast/analysis/call-map'
import type { Program } from 'oxc-parser'
import { scriptOfVue } from './script-blocks.ts'

export interface ParsedFile {
  readonly program: Program
  readonly comments: readonly SourceComment[]
  /** What was parsed; of a Vue file its scripts, at their own offsets. */
  readonly text: string
  /** Its model, where the call map has made it. */
  readonly model?: SourceFile
}

export interface ParseFailure {
  readonly problem: string
}

/** Parses a source file, or says why it cannot. */
export function parseFile(name: string, source: string): ParsedFile | ParseFailure {
  const script = name.endsWith('.vue') ? (scriptOfVue(source) ?? { text: '', lang: 'js' as const }) : undefined
  const text = script?.text ?? source
  const result = parseSource(name, text, script?.lang)
  const [first] = result.errors
  if (first && isUnparsed(result)) {
    const at = first.labels[0]?.start
    const line = at === undefined ? undefined : text.slice(0, at).split('\n').length
    return { problem: `${first.message.replace(/\.$/, '')}${line === undefined ? '' : ` (line ${line})`}` }
  }
  return { program: result.program, comments: result.comments, text }
}
