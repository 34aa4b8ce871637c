/** Runs `run` with members of an object replaced, and puts them back. */
export const replacing = async (
  target: object,
  changes: Readonly<Record<string, unknown>>,
  run: () => Promise<void>,
): Promise<void> => {
  const members = target as Record<string, unknown>
  const before = Object.keys(changes).map((name) => [name, members[name]] as const)
  Object.assign(members, changes)
  try {
    await run()
  } finally {
    Object.assign(members, Object.fromEntries(before))
  }
}

export const forbidden = (name: string) => () => {
  throw new Error(`${name} was called`)
}
