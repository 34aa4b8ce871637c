interface Visit {
  readonly file: string
  readonly imports: readonly string[]
  next: number
}

/**
 * The files in groups, what is imported before what imports it; each group as soon as it is known. Files that import each other in a circle are one group
 * (Tarjan, "Depth-first search and linear graph algorithms", 1972; without recursion, because chains may be long).
 */
export function* importOrder(
  files: Iterable<string>,
  importsOf: (file: string) => readonly string[],
): Generator<readonly string[], void> {
  const indexOf = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const lower = (file: string, to: number): void => {
    lowest.set(file, Math.min(lowest.get(file) ?? to, to))
  }
  const enter = (file: string): Visit => {
    indexOf.set(file, indexOf.size)
    lower(file, indexOf.size - 1)
    open.push(file)
    isOpen.add(file)
    return { file, imports: importsOf(file), next: 0 }
  }
  for (const start of files) {
    if (indexOf.has(start)) continue
    const visits = [enter(start)]
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const target = visit.imports[visit.next]
      if (target !== undefined) {
        visit.next += 1
        const index = indexOf.get(target)
        if (index === undefined) visits.push(enter(target))
        else if (isOpen.has(target)) lower(visit.file, index)
        continue
      }
      visits.pop()
      const low = lowest.get(visit.file) ?? 0
      const parent = visits.at(-1)
      if (parent) lower(parent.file, low)
      if (low !== indexOf.get(visit.file)) continue
      const group = open.splice(open.indexOf(visit.file))
      for (const file of group) isOpen.delete(file)
      yield group
    }
  }
}
