export type SqlValue = string | number | null | Uint8Array
export type Row = Readonly<Record<string, unknown>>

/** One database as the queue uses it; statements number their parameters `$1`, `$2` and so on. */
export interface Dialect {
  /** Runs one statement and returns its rows; `{now}` in it stands for the time of the database in epoch ms. */
  rows(sql: string, parameters: readonly SqlValue[]): Promise<readonly Row[]>
  /** Runs one statement and returns how many rows it changed. */
  change(sql: string, parameters: readonly SqlValue[]): Promise<number>
  /** A condition: the column's value is in the JSON array that the parameter holds. */
  isOneOf(column: string, parameter: string): string
  /** Added to the choice of a row, so that two claims at the same time do not wait for each other. */
  readonly skipLocked: string
  vacuum(): Promise<void>
  check(): Promise<string>
  close(): Promise<void>
}
