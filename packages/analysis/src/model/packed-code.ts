/** Code that nobody edits where it lies: minified, a bundle that was only laid out again, or the release of a library. */
export function isPacked(text: string): boolean {
  return isMinified(text) || isReleased(text) || hasShortNames(text)
}

/** Minifiers write one line, or break it after some hundred characters; people stay far below. */
function isMinified(text: string): boolean {
  if (text.length < 2_000) return false
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return text.length / lines > 250
}

/** The banner that packers keep, with the version of what it heads: `/*! jQuery v3.7.1`. */
function isReleased(text: string): boolean {
  const start = text.slice(0, 500)
  const banner = /\/\*![^]*?(?:\*\/|$)/.exec(start)?.[0]
  return banner !== undefined && /\bv?\d+\.\d+\.\d+/i.test(banner)
}

const SAMPLE_LENGTH = 30_000

/** Nearly all parameters of a long file are single letters. */
function hasShortNames(text: string): boolean {
  if (text.length < SAMPLE_LENGTH) return false
  let names = 0
  let letters = 0
  for (const [, list = ''] of text.slice(0, SAMPLE_LENGTH).matchAll(/\bfunction\s*\w*\s*\(([\w$\s,]*)\)/g))
    for (const name of list.split(',')) {
      const length = name.trim().length
      if (length === 0) continue
      names += 1
      if (length === 1) letters += 1
    }
  return names > 50 && letters > names * 0.9
}
