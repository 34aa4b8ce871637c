/** A column of a text table. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Rows under aligned columns, as text for a terminal. */
export const renderTable = (
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string => {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align = 'right' }, index) => {
        const cell = cells[index] ?? ''
        return align === 'left' ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)
      })
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [title, '', line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join('\n')
}
