const LONGEST_NOTE = 500
// Short on purpose, because it is in every bundle; what is logged is scrubbed once more, thoroughly.
const SECRET =
  /(\b[\w-]{0,30}(?:token|secret|key|pass\w{0,9}|auth\w{0,12}|cookie)["']?\s{0,3}[=:]\s{0,3}["']?(?:bearer\s{1,3}|basic\s{1,3})?)[^\s"',;]+|(\bbearer\s{1,3})\S+|(:\/\/)[^\s/@]+@/gi

/** An operator's words as they go into errors, events and health, where people log them. */
export const operatorNote = (note: string): string => note.slice(0, LONGEST_NOTE).replace(SECRET, '$1$2$3[redacted]')
