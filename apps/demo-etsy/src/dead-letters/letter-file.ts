/** The queue has a file of its own beside the shop's database, so that `holdfast dlq --db` can open it. */
export function letterFileOf(databaseFile: string): string {
  return databaseFile === ':memory:' ? databaseFile : `${databaseFile.replace(/\.db$/, '')}.dead-letters.db`
}
