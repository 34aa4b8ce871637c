const OLDEST = [22, 13] as const

/** What to tell somebody whose Node.js is too old for the command; undefined where it is not. */
export const nodeProblem = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined
  return `holdfast needs Node.js ${OLDEST.join('.')} or newer, and this is ${version}. Install a newer one, or run: npx --package=node@24 --package=holdfast holdfast`
}
