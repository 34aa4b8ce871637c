import process from 'node:process'
import type { DatabaseSync } from 'node:sqlite'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there and belongs to somebody else.
    return (error as { code?: unknown }).code === 'EPERM'
  }
}

/**
 * Writes down which SQLite has the file open and returns the versions of others that have it open now.
 *
 * Two builds of SQLite on one file are what its makers warn of; https://www.sqlite.org/howtocorrupt.html
 */
export const enterOpener = (database: DatabaseSync, version: string): readonly string[] => {
  const others = database.prepare('SELECT DISTINCT pid, version FROM holdfast_dead_letter_openers').all() as {
    pid: number
    version: string
  }[]
  const forget = database.prepare('DELETE FROM holdfast_dead_letter_openers WHERE pid = ?')
  for (const { pid } of others) if (pid === process.pid || !isAlive(pid)) forget.run(pid)
  database.prepare('INSERT INTO holdfast_dead_letter_openers (pid, version) VALUES (?, ?)').run(process.pid, version)
  const alive = others.filter(({ pid }) => pid !== process.pid && isAlive(pid))
  return [...new Set(alive.map((other) => other.version))].filter((other) => other !== version)
}

export const leaveOpener = (database: DatabaseSync): void => {
  database.prepare('DELETE FROM holdfast_dead_letter_openers WHERE pid = ?').run(process.pid)
}
