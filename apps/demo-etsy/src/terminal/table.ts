/** A line of a table; the first cell is its heading. */
export interface TableRow {
  readonly cells: readonly string[]
  /** Which cells deserve attention, by position. */
  readonly marks?: Readonly<Record<number, 'good' | 'bad'>>
}

/** Colours a text; the identity when colours are off. */
export type Paint = (style: 'good' | 'bad' | 'bold' | 'dim', text: string) => string

/** A table with a heading line; the first column left, all others right. */
export function formatTable(heading: readonly string[], rows: readonly TableRow[], paint: Paint): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row.cells[column] ?? '').length)),
  )
  const align = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  const line = (cells: readonly string[], style: (text: string, column: number) => string): string =>
    cells.map((cell, column) => style(align(cell, column), column)).join('   ')
  return [
    line(heading, (text) => paint('bold', text)),
    paint('dim', widths.map((width) => '-'.repeat(width)).join('---')),
    ...rows.map((row) =>
      line(row.cells, (text, column) => {
        const mark = row.marks?.[column]
        return mark === undefined ? text : paint(mark, text)
      }),
    ),
  ].join('\n')
}
