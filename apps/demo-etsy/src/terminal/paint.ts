import { styleText } from 'node:util'
import type { Paint } from './table.ts'

/** Colours for a stream; none when it is no terminal or `NO_COLOR` is set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const formats = { good: 'green', bad: 'red', bold: 'bold', dim: 'dim' } as const
  const isColoured = stream.isTTY && (process.env['NO_COLOR'] ?? '') === ''
  return (style, text) => (isColoured ? styleText(formats[style], text, { validateStream: false }) : text)
}
